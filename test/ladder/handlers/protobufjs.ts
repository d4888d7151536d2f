import protobuf from "protobufjs";

const { root } = protobuf.parse(`syntax = "proto3"; package shop;
  enum Size { SMALL = 0; LARGE = 1; }
  message Line { string sku = 1; uint32 count = 2; Size size = 3; }
  message Order { string id = 1; repeated Line lines = 2; int64 placed = 3; map<string, double> prices = 4; oneof payment { string card = 5; bytes token = 6; } }`);
const Order = root.lookupType("shop.Order");

export const handler = async (event: Record<string, unknown>) => {
  const problem = Order.verify(event);
  if (problem !== null) return { problem };
  const bytes = Order.encode(Order.fromObject(event)).finish();
  const read = Order.decode(bytes);
  return {
    hex: Buffer.from(bytes).toString("hex"),
    object: Order.toObject(read, { longs: String, enums: String, bytes: String, defaults: true }),
    wrong: Order.verify({ lines: 5 }),
  };
};
