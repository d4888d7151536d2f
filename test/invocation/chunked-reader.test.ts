import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedReader, MAX_RESULT_DEPTH, TooDeepError } from "../../src/invocation/chunked-reader.ts";

/** Small enough that almost every container of a generated text outgrows it. */
const CHUNK_CHARS = [1, 7, 40];

/**
 * Keys that mean something to objects, look like indices, come twice, or are any text. None has a backslash: having met
 * the key `\\`, V8's `JSON.parse` may at times take `"\""` for it, whoever calls it.
 */
const key = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "", "a", "b", "0", "10", "2", "-1", '"'),
  fc.string({ unit: "binary" }).filter((text) => !text.includes("\\")),
);
const scalar = fc.oneof(
  fc.constantFrom("null", "true", "false", "-0", "0", "1e400", "-1E-400", "123456789012345678901234567890"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\ud800"', '"\u{d800}"', '"\\\\"', '"\\""', '"\\u005d\\/"', '"[{,]}"'),
);
const blank = fc.constantFrom("", "", "", " ", "\n\t", "\r  ");
/** JSON texts of all kinds, also those that `JSON.stringify` doesn't write. */
const { text: jsonText } = fc.letrec<{ text: string }>((tie) => {
  const padded = fc.tuple(blank, tie("text"), blank).map((parts) => parts.join(""));
  const member = fc.tuple(blank, key, blank, padded);
  return {
    text: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      scalar,
      fc.array(padded, { maxLength: 6 }).map((parts) => `[${parts.join(",")}]`),
      fc
        .array(member, { maxLength: 6 })
        .map((members) => members.map(([a, name, b, value]) => `${a}${JSON.stringify(name)}${b}:${value}`))
        .map((parts) => `{${parts.join(",")}}`),
      fc.tuple(blank, blank).map(([a, b]) => `${a}[${b}]`),
      fc.tuple(blank, blank).map(([a, b]) => `{${a}}${b}`),
    ),
  };
});
/** Elements much like each other, whose commas look like those between them, and whatever else stands in between. */
const element = fc.oneof(
  fc.constantFrom(
    '{"a":1}',
    '{"a":[{"b":2},{"b":3}]}',
    '["},{",[1],[2]]',
    '"x","y"',
    '"},{\\"a\\":1"',
    "1,2,3",
  ),
  { arbitrary: jsonText, weight: 1 },
);
const alike = fc
  .tuple(element, element, fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 60 }))
  .map(([usual, odd, list]) => list.map((n) => (n === 0 ? odd : usual)));
const list = fc.oneof(
  alike.map((elements) => `[${elements.join(",")}]`),
  alike.map((elements) => `{${elements.map((one, at) => `"k${at % 7}":[${one}]`).join(",")}}`),
  fc.tuple(alike, alike).map(([a, b]) => `{"items":[${a.join(",")}],"more":{"items":[${b.join(", ")}]}}`),
);
/** A text with some characters taken out, put in or written over. */
const damaged = fc
  .tuple(
    fc.oneof(jsonText, list),
    fc.array(
      fc.record({
        at: fc.nat(),
        taken: fc.nat({ max: 2 }),
        put: fc.constantFrom(
          "",
          "",
          ...'[ ] { } , : " 0 - . e \u0001 \u00a0'.split(" "),
          "null",
          "[]",
          '""',
          "/**/",
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((now, { at, taken, put }) => {
      const place = at % (now.length + 1);
      return now.slice(0, place) + put + now.slice(place + taken);
    }, text),
  );

const MALFORMED = Symbol("malformed");

function natively(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return MALFORMED;
  }
}

/** Read with a break at every occasion. */
function inSteps(text: string, chunkChars?: number, maxDepth?: number): { value: unknown; steps: number } {
  const reader = new ChunkedReader(text, chunkChars, maxDepth);
  let steps = 1;
  try {
    while (!reader.advance(() => true)) steps++;
    return { value: reader.value(), steps };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { value: MALFORMED, steps };
  }
}

function expectSame(text: string): void {
  const expected = natively(text);
  for (const chunkChars of CHUNK_CHARS) {
    const { value } = inSteps(text, chunkChars);
    if (!isSame(value, expected)) expect.fail(`${JSON.stringify(text)} differs in chunks of ${chunkChars}`);
  }
}

/**
 * As strict as can be: signs of zero, prototypes, the order of keys, what may be done to properties. Comparisons made
 * for tests are none of that, or take a member named `constructor` for the type.
 */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return Object.is(one, other);
  }
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  const [keys, otherKeys] = [Reflect.ownKeys(one), Reflect.ownKeys(other)];
  if (keys.length !== otherKeys.length) return false;
  return keys.every((name, index) => {
    const a = Reflect.getOwnPropertyDescriptor(one, name) as PropertyDescriptor;
    const b = Reflect.getOwnPropertyDescriptor(other, name) as PropertyDescriptor;
    const isAlike =
      name === otherKeys[index] &&
      a.writable === b.writable &&
      a.enumerable === b.enumerable &&
      a.configurable === b.configurable;
    return isAlike && isSame(a.value, b.value);
  });
}

function messageOf(text: string, chunkChars: number): string {
  const reader = new ChunkedReader(text, chunkChars);
  try {
    reader.advance(() => false);
  } catch (error) {
    return String(error);
  }
  throw new Error("not refused");
}

describe("a text read in chunks", () => {
  it("gives what JSON.parse gives", () => {
    fc.assert(fc.property(jsonText, expectSame), { numRuns: 500 });
  });

  it("gives what JSON.parse gives where elements are alike, and where they only look so", () => {
    fc.assert(fc.property(list, expectSame), { numRuns: 1_000 });
  });

  it("is refused where JSON.parse refuses it, however it is damaged", () => {
    fc.assert(fc.property(damaged, expectSame), { numRuns: 2_000 });
  });

  it("is refused when its end is missing, wherever it was cut", () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, list), fc.nat(), (text, at) =>
        expectSame(text.slice(0, at % (text.length + 1))),
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ["nothing at all", ""],
    ["white space", "   "],
    ["elements without commas", "[[1][2]]"],
    ["an element after a number", "[1[2]]"],
    ["a second value", "[1][2]"],
    ["a comma between values", "[1],[2]"],
    ["a comma too many", "[[1],,[2]]"],
    ["a comma at the end", "[[1],]"],
    ["a comma at the start", "[,[1]]"],
    ["brackets that don't match", "[[1}]"],
    ["a bracket too many", "[[1]]]"],
    ["a value in place of a key", "{[1]:2}"],
    ["a key without a colon", '{"a"[1]}'],
    ["a value without a key", '{"a":1,[1]}'],
    ["a number that runs into a bracket", '{"a":1[2]}'],
    ["text after a value", "[[1]x]"],
    ["an open text that ends with a backslash", '["\\'],
  ])("is refused for %s", (_, text) => {
    expect(natively(text)).toBe(MALFORMED);
    expectSame(text);
  });

  it("keeps the first place and the last value of a key that comes twice", () => {
    const text = '{"b":[1,2],"a":{"x":1},"b":3,"__proto__":1,"__proto__":{"y":2},"7":0}';
    expectSame(text);
    expect(Object.keys(inSteps(text, 1).value as object)).toEqual(["7", "b", "a", "__proto__"]);
  });

  it("nests as deep as is allowed and no deeper, in arrays and in objects", () => {
    const arrays = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const objects = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
    for (const nested of [arrays, objects]) {
      expect(JSON.stringify(inSteps(nested(100), 8, 100).value)).toBe(nested(100));
      expect(() => inSteps(nested(101), 8, 100)).toThrow(TooDeepError);
      expect(() => inSteps(nested(MAX_RESULT_DEPTH + 1))).toThrow(TooDeepError);
    }
  });

  it.each([
    ["what it looks at", `[${"[1,2],".repeat(100)}[3,!],${"[[4]],".repeat(100)}5]`],
    ["what it guesses", `[${"{},".repeat(100)}{},!,${"{},".repeat(100)}{}]`],
    ["the value of a key", `{${'"a":[1,2],'.repeat(100)}"b":![],"c":[[3]]}`],
  ])("says where it is wrong in %s", (_, text) => {
    const wrong = text.indexOf("!");
    const message = messageOf(text, 8);
    const [, from = "", to = from] = /character\D* (\d+)(?: and (\d+))?$/.exec(message) ?? [];
    expect(Number(from)).toBeGreaterThanOrEqual(wrong - 32);
    expect(Number(from)).toBeLessThanOrEqual(wrong);
    expect(Number(to)).toBeGreaterThanOrEqual(wrong);
    expect(Number(to)).toBeLessThanOrEqual(wrong + 32);
  });

  it("may be interrupted often, whatever it is made of", () => {
    const many = 20_000;
    const texts = [
      `[${"{},".repeat(many)}1]`,
      `[${"[".repeat(many / 5)}${"]".repeat(many / 5)},1]`,
      `{${Array.from({ length: many }, (_, i) => `"k${i}":1`).join(",")}}`,
      `[${'{"a":[{},{}],"b":"},{"},'.repeat(many / 5)}1]`,
      `[${"[1],".repeat(many)}${"[".repeat(many / 5)}${"]".repeat(many / 5)}]`,
    ];
    for (const text of texts) {
      const { value, steps } = inSteps(text);
      expect(JSON.stringify(value)).toBe(text);
      expect(steps).toBeGreaterThan(text.length / 33_000);
    }
  });
});
