import * as R from "ramda";

const total = R.pipe(
  R.filter<{ paid: boolean; amount: number }>(R.prop("paid")),
  R.map(R.prop("amount")),
  R.sum,
);

export const handler = async (event: { invoices: { paid: boolean; amount: number }[] }) => ({
  total: total(event.invoices),
  lens: R.over(R.lensPath(["a", "b"]), R.inc, { a: { b: 1 } }),
  partition: R.partition(R.propEq(true, "paid"), event.invoices),
});
