import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { GuestAssets } from "../../src/cell/assets.ts";
import { GuestScript } from "../../src/cell/assets.ts";
import type { EnvironmentHome } from "../../src/cell/environment-home.ts";
import { GenericEnvironment } from "../../src/cell/generic-environment.ts";
import type { GuestListener } from "../../src/cell/generic-environment.ts";
import { GuestEnvironment } from "../../src/cell/guest-environment.ts";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import type { CellMessage } from "../../src/cell/protocol.ts";
import { KnownVersion } from "../../src/cell/known-version.ts";
import { GuestMessage } from "../../src/guest/contract.ts";
import { FACTS, LIMITS } from "./support.ts";

const runtime = readFileSync(new URL("../../dist/guest/runtime.js", import.meta.url), "utf8");
const assets = {
  runtime: new GuestScript(runtime, "isolet:runtime"),
  chunk: () => undefined,
} as unknown as GuestAssets;

/** Asks its cell once for something when it is told to, and by that lets the test speak in its place. */
const SOURCE = `export const handler = async (event) => {
  if (event === "ask") crypto.randomUUID();
  if (event === "wait") await new Promise((resolve) => setTimeout(resolve, 1e6));
  return "own";
};`;

/** A real environment on this thread, through whose runtime the test can say what user code never can. */
class ForgedGuest {
  readonly sent: CellMessage[] = [];
  readonly environment: GuestEnvironment;
  ends = 0;
  /** Says something in the place of the runtime, the next time the guest asks for something. */
  forge: (listener: GuestListener) => void = () => undefined;
  #number = 0;

  constructor(source = SOURCE, concurrency = 1, runtime = FACTS.runtime) {
    const generic = new GenericEnvironment(assets, 32);
    const own = generic.own.bind(generic);
    generic.own = (listener) =>
      own({
        ...listener,
        answer: (kind, text) => {
          this.forge(listener);
          return listener.answer(kind, text);
        },
      });
    const home: EnvironmentHome = {
      assets,
      send: (message) => void this.sent.push(message),
      ended: () => this.ends++,
      enter: () => undefined,
      leave: () => undefined,
      started: () => true,
      breathe: () => true,
      goesOn: () => true,
      waits: () => undefined,
      finished: () => undefined,
    };
    const definition = {
      factsText: JSON.stringify({ ...FACTS, memoryMb: 32, runtime }),
      source,
      format: "esm",
      filename: "/var/task/index.mjs",
      memoryMb: 32,
      concurrency,
      cachedData: undefined,
      pack: undefined,
      ...LIMITS,
    } as const;
    this.environment = new GuestEnvironment(1, generic, home, 5_000, new KnownVersion(definition));
    made.push(this.environment);
    this.load = () => this.environment.init("stream");
  }

  readonly load: () => void;

  invoke(event: unknown): number {
    const number = this.accept(event);
    this.environment.starts.work();
    return number;
  }

  /** Puts it into the mailbox only. */
  accept(event: unknown): number {
    const number = ++this.#number;
    this.environment.starts.accept([
      ToCell.Invoke,
      1,
      number,
      `req-${number}`,
      5_000,
      JSON.stringify(event),
      "",
    ]);
    return number;
  }

  answers(number: number): readonly (readonly [outcome: number, text: string])[] {
    return this.sent.flatMap((message) =>
      message[0] === ToHost.Done && message[2] === number ? [[message[3], message[4]] as const] : [],
    );
  }

  get end(): readonly unknown[] | undefined {
    return this.sent.find(([kind]) => kind === ToHost.Ended || kind === ToHost.InitFailed);
  }
}

const made: GuestEnvironment[] = [];
afterEach(() => {
  for (const environment of made.splice(0)) environment.dispose();
});

const { Succeeded, Failed, InitDone, InitFailed, Log, SetTimer, Uncaught, Exit } = GuestMessage;
const ERROR = JSON.stringify({ errorType: "Error", errorMessage: "m" });

describe("a guest that speaks in its runtime's place", () => {
  it("is answered as usual when it says nothing wrong", () => {
    const guest = new ForgedGuest();
    guest.load();
    expect(guest.answers(guest.invoke("ask"))).toEqual([[0, '"own"']]);
    expect(guest.end).toBeUndefined();
  });

  it.each<[string, readonly (readonly [unknown, unknown, unknown])[]]>([
    ["completes another's number", [[Succeeded, 7, '"forged"']]],
    ["completes a number that is still in the mailbox", [[Succeeded, 2, '"forged"']]],
    ["completes a negative number", [[Failed, -1, ERROR]]],
    ["completes with a number that is none", [[Succeeded, NaN, "1"]]],
    ["completes with a text as number", [[Succeeded, "1", "1"]]],
    ["completes with something else than a text", [[Succeeded, 1, { toString: () => "1" }]]],
    ["fails with more than an error may have", [[Failed, 1, "x".repeat(12 * LIMITS.errorBytes + 5_000)]]],
    ["fails with nothing", [[Failed, 1, ""]]],
    ["reports its init again", [[InitDone, 0, ""]]],
    ["reports a failed init late", [[InitFailed, 0, ERROR]]],
    ["says something unknown", [[99, 0, ""]]],
    ["says something of no kind", [["3", 1, "1"]]],
    ["logs at a level there isn't", [[Log, 6, "text"]]],
    ["logs at a level below all", [[Log, -1, "text"]]],
    ["logs what is no text", [[Log, 2, 7]]],
    ["sets a timer of no number", [[SetTimer, 0, "1"]]],
    ["sets a timer for a time that is none", [[SetTimer, 1_000_000, "soon"]]],
    ["lets an error go uncaught that is none", [[Uncaught, 0, ""]]],
    ["exits with a status that is none", [[Exit, 0.5, ""]]],
  ])("and %s is refused, and its environment condemned", (_what, forged) => {
    const guest = new ForgedGuest();
    guest.load();
    guest.forge = (listener) => {
      for (const [kind, a, text] of forged) listener.receive(kind, a, text);
    };
    const first = guest.invoke("ask");
    const second = guest.invoke("ask");
    const [[outcome, text] = [], ...more] = guest.answers(first);
    expect(more).toEqual([]);
    expect(outcome).toBe(1);
    expect(text).toContain("broke the rules between guest and host");
    expect(guest.answers(second)).toEqual([]);
    expect(guest.end?.slice(0, 3)).toEqual([ToHost.Ended, 1, "protocol"]);
    expect(JSON.parse(String(guest.end?.[3]))).toMatchObject({
      limit: "protocol",
      lastHostCall: "random-uuid",
    });
    expect(guest.ends).toBe(1);
  });

  it("twice of one invocation: the first word counts, the second ends the environment", () => {
    const guest = new ForgedGuest();
    guest.load();
    guest.forge = (listener) => listener.receive(Succeeded, 1, '"forged"');
    // The runtime's own completion is the second.
    expect(guest.answers(guest.invoke("ask"))).toEqual([[0, '"forged"']]);
    expect(guest.end?.slice(0, 3)).toEqual([ToHost.Ended, 1, "protocol"]);
  });

  it("of an invocation that is over harms the one that runs by ending it, not by answering it", () => {
    const guest = new ForgedGuest();
    guest.load();
    const first = guest.invoke(null);
    guest.forge = (listener) => listener.receive(Succeeded, first, '"forged"');
    const second = guest.invoke("ask");
    expect(guest.answers(first)).toEqual([[0, '"own"']]);
    expect(guest.answers(second).map(([outcome]) => outcome)).toEqual([1]);
  });

  it("during init, before anything was started, fails the init", () => {
    const guest = new ForgedGuest(`crypto.randomUUID(); export const handler = async () => 1;`);
    guest.forge = (listener) => listener.receive(Succeeded, 1, "1");
    guest.load();
    expect(guest.end?.slice(0, 3)).toEqual([ToHost.InitFailed, 1, "protocol"]);
    expect(guest.ends).toBe(1);
  });

  it("asks for what can't be asked for is condemned", () => {
    const guest = new ForgedGuest();
    guest.load();
    guest.forge = (listener) => listener.violate();
    guest.invoke("ask");
    expect(guest.end?.[2]).toBe("protocol");
  });

  it("hears nothing of what its cell throws", () => {
    const guest = new ForgedGuest(
      `export const handler = async () => { try { return crypto.randomUUID(); } catch (error) { return String(error.stack); } };`,
    );
    guest.load();
    guest.forge = () => {
      throw new TypeError("the cell's own");
    };
    const [[outcome, text] = []] = guest.answers(guest.invoke(null));
    expect([outcome, text]).toEqual([0, '""']);
    expect(guest.end).toBeUndefined();
  });

  // Here the cell has no more stack than the guest, as in a process; in a thread it has more.
  it.each([
    ["logs", `console.log("deep")`],
    ["sets timers", `clearTimeout(setTimeout(() => {}, 1e6))`],
    ["asks", `crypto.randomUUID()`],
  ])("%s where there is no stack left gets errors of its own, without a word of the cell", (_what, act) => {
    const guest = new ForgedGuest(
      `${act}; const seen = new Set(); let foreign = 0;
      function f() {
        try { ${act}; } catch (error) {
          if (error.constructor !== RangeError) foreign++;
          seen.add(error.message + error.stack);
        }
        f();
      }
      export const handler = async () => { try { f(); } catch {} return [[...seen].join("\\n"), foreign]; };`,
    );
    guest.load();
    const [[outcome, text] = []] = guest.answers(guest.invoke(null));
    expect(outcome).toBe(0);
    const [seen, foreign] = JSON.parse(String(text)) as [string, number];
    expect(seen).toContain("Maximum call stack size exceeded");
    expect(seen).not.toMatch(/node_modules|node:|src\/|dist\//);
    expect(foreign).toBe(0);
    expect(guest.end).toBeUndefined();
  });

  it("completes where there is no stack left once there is some, and exactly once", () => {
    const guest = new ForgedGuest(
      `export const handler = (event, context, callback) => {
        (function f() { try { f(); } catch {} context.succeed("deep"); })();
      };`,
      1,
      "nodejs22.x",
    );
    guest.load();
    for (let index = 0; index < 3; index++)
      expect(guest.answers(guest.invoke(null))).toEqual([[0, '"deep"']]);
    expect(guest.end).toBeUndefined();
  });

  it("says whatever it says, each invocation is answered once and nothing is thrown", () => {
    const word = fc.tuple(
      fc.oneof(fc.constantFrom(...Object.values(GuestMessage)), fc.anything()),
      fc.oneof(fc.integer({ min: -2, max: 5 }), fc.anything()),
      fc.oneof(fc.constantFrom("", "1", "{}", ERROR), fc.anything()),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.integer({ min: 1, max: 3 }), (words, concurrency) => {
        const guest = new ForgedGuest(SOURCE, concurrency);
        guest.load();
        const numbers = [guest.invoke("wait")];
        guest.forge = (listener) => {
          for (const [kind, a, text] of words) listener.receive(kind, a, text);
          guest.forge = () => undefined;
        };
        numbers.push(guest.invoke("ask"), guest.invoke(null));
        guest.environment.expire();
        for (const number of numbers) expect(guest.answers(number).length).toBeLessThanOrEqual(1);
        if (guest.end) expect(guest.ends).toBe(1);
        guest.environment.dispose();
      }),
      { numRuns: 60 },
    );
  });
});
