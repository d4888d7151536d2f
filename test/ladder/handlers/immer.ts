import { enablePatches, produce, produceWithPatches } from "immer";

enablePatches();

export const handler = async (event: { cart: { items: { sku: string; count: number }[] } }) => {
  const next = produce(event.cart, (draft) => {
    draft.items[0]!.count += 1;
    draft.items.push({ sku: "NEW", count: 1 });
  });
  const [, patches, inverse] = produceWithPatches(event.cart, (draft) => void draft.items.pop());
  return { next, untouched: event.cart, patches, inverse, frozen: Object.isFrozen(next) };
};
