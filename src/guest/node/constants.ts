/** `node:constants`, which Node keeps for old code. */
import constants from "./data/constants.json" with { type: "json" };

export function create(): object {
  return { ...constants };
}
