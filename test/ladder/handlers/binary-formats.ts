import avro from "avsc";
import snappy from "snappyjs";

const type = avro.Type.forSchema({
  type: "record",
  name: "Order",
  fields: [
    { name: "id", type: "string" },
    { name: "total", type: ["null", "double"], default: null },
    { name: "tags", type: { type: "array", items: "string" } },
  ],
});

interface Order {
  id: string;
  total: number | null;
  tags: string[];
}

export const handler = async (event: { Records: { kinesis: { data: string } }[]; orders: Order[] }) => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const text = Buffer.from("squeeze ".repeat(50));
  return {
    orders: event.orders.map((order) => {
      const bytes = type.toBuffer(order);
      return [hex(bytes), type.fromBuffer(bytes)];
    }),
    invalid: type.isValid({ id: 5 }),
    snappy: [
      hex(snappy.compress(text)),
      snappy.uncompress(snappy.compress(text)).toString() === text.toString(),
    ],
  };
};
