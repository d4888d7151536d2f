import bcrypt from "bcryptjs";

export const handler = async (event: { password: string }) => {
  const hash = await bcrypt.hash(event.password, "$2b$04$abcdefghijklmnopqrstuu");
  const fresh = await bcrypt.hash(event.password, 4);
  return {
    hash,
    right: await bcrypt.compare(event.password, fresh),
    wrong: bcrypt.compareSync("guess", hash),
    rounds: bcrypt.getRounds(fresh),
  };
};
