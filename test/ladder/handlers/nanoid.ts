import { customAlphabet, nanoid } from "nanoid";
import { monotonicFactory, decodeTime, ulid } from "ulid";

const shortCode = customAlphabet("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 8);
const nextUlid = monotonicFactory();

export const handler = async () => {
  const ids = Array.from({ length: 50 }, () => nanoid());
  const ulids = [nextUlid(150_000), nextUlid(150_000), nextUlid(150_000)];
  return {
    lengths: [...new Set(ids.map((id) => id.length))],
    distinct: new Set(ids).size,
    code: /^[2-9A-HJ-NP-Z]{8}$/.test(shortCode()),
    sorted: ulids.join() === [...ulids].sort().join(),
    time: decodeTime(ulid(1_469_918_176_385)),
  };
};
