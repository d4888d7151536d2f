import { afterAll, describe, expect, it } from "vitest";
import type { Attack, Family } from "./attack.ts";
import { FAMILIES } from "./attack.ts";
import { ATTACKS } from "./attacks/index.ts";
import { Hosts } from "./hosts.ts";
import type { Placement } from "./report.ts";

/** Three tries, each with a host that may have to be given up. */
const TEST_TIMEOUT_MS = 120_000;

/** Families that share a host as long as nothing goes wrong: starting one takes longer than most attacks. */
const SHARING: readonly Family[] = ["services", "calls", "runtime", "modules", "network"];

/**
 * Of these each is attacked where it has more to lose: threads by what computes in a cell, the rest in processes.
 * `ISOLET_ATTACKS=all` attacks both.
 */
const PLACES: Readonly<Record<Placement, readonly Family[]>> = {
  "in-process": ["services", "modules"],
  process: ["calls", "runtime", "network"],
};

function isPlaced(family: Family, placement: Placement): boolean {
  return (
    process.env["ISOLET_ATTACKS"] === "all" || !SHARING.includes(family) || PLACES[placement].includes(family)
  );
}

const GROUPS = [...FAMILIES.filter((family) => !SHARING.includes(family)).map((family) => [family]), SHARING];

/** One test for each attack that is `meant`, on hosts that they share while nothing goes wrong. */
export function expectContained(placement: Placement, meant: (attack: Attack) => boolean): void {
  for (const families of GROUPS) {
    describe(`${placement}, ${families.join(", ")}`, { timeout: TEST_TIMEOUT_MS }, () => {
      const hosts = new Hosts(placement);
      afterAll(() => hosts.end());
      const placed = families.filter((family) => isPlaced(family, placement));
      const attacks = placed.flatMap((family) => ATTACKS[family]).filter(meant);
      it.each(attacks)("$name", async (attack) => {
        expect(await hosts.faults(attack)).toEqual([]);
      });
      // A second try would have no host to tell.
      it("the host leaves when it is told to", { retry: 0 }, async () => {
        expect(await hosts.end()).toBeUndefined();
      });
    });
  }
}
