/** The list of what in-process isolation can't contain is true, and the README says the same. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { ATTACKS } from "./attacks/index.ts";
import { Hosts } from "./hosts.ts";
import { isUncontained, UNCONTAINED } from "./uncontained.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const all = Object.values(ATTACKS).flat();
const listed = UNCONTAINED.flatMap(({ attacks, sometimes }) => [...attacks, ...sometimes]);
const byName = new Map(all.map((attack) => [attack.name, attack]));

/** How fast memory fills, or how soon a spare takes over, is not the same each time. */
const ROUNDS = 3;

describe("the list of uncontained attacks", () => {
  it("names attacks of the suite, each once", () => {
    const names = all.map(({ name }) => name);
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(isUncontained)).toHaveLength(listed.length);
  });

  it.each(UNCONTAINED)("is quoted in the README: $title", ({ title, happens, attacks, sometimes }) => {
    const rows = README.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    expect(rows).toContain(`| ${title} | ${attacks.length + sometimes.length} | ${happens} |`);
  });

  it("has its sum in the README", () => {
    expect(README).toContain(`${listed.length} of the ${all.length} attacks`);
  });
});

describe("in one process", { timeout: 300_000 }, () => {
  const hosts = new Hosts("in-process");
  afterAll(() => hosts.kill());

  // Which of a class gets through on a given day is the machine's to say: that one does is what the README says.
  it.each(UNCONTAINED)("attacks get through: $title", async ({ attacks }) => {
    expect(await firstThatGetsThrough(hosts, attacks)).toBeDefined();
  });
});

async function firstThatGetsThrough(hosts: Hosts, names: readonly string[]): Promise<string | undefined> {
  for (const name of Array.from({ length: ROUNDS }, () => names).flat()) {
    const attack = byName.get(name);
    if (attack === undefined) throw new Error(`There is no attack "${name}".`);
    const faults = await hosts.once(attack);
    hosts.kill();
    if (faults.length > 0) return name;
  }
  return undefined;
}
