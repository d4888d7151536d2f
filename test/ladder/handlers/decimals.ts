import Big from "big.js";
import { Decimal } from "decimal.js";

export const handler = async (event: { price: string; quantity: number; rate: string }) => ({
  big: new Big(event.price).times(event.quantity).round(2, Big.roundHalfEven).toFixed(2),
  decimal: new Decimal(event.price)
    .mul(event.quantity)
    .mul(new Decimal(1).plus(event.rate))
    .toDecimalPlaces(4)
    .toString(),
  root: Decimal.sqrt(2).toSignificantDigits(30).toString(),
});
