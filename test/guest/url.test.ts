import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { GuestQuestion } from "../../src/guest/contract.ts";
import { both, Guest } from "./support/guest.ts";

const guest = new Guest();
afterAll(() => guest[Symbol.dispose]());

const fields = `href origin protocol username password host hostname port pathname search hash`.split(" ");
const all = `(u) => [...${JSON.stringify(fields)}.map((f) => u[f]), String(u), JSON.stringify(u), [...u.searchParams]]`;

describe("URL", () => {
  it.each([
    `"https://user:pa%20ss@Example.COM:8080/a/../b?x=1&y=%20#frag"`,
    `"http://例え.jp/ü?q=ü#ü"`,
    `"//host/path", "https://base.example/x/y"`,
    `"../up?z", "https://base.example/x/y/z"`,
    `"mailto:ada@example.com"`,
    `"file:///etc/../tmp/x"`,
    `"data:text/plain,hello"`,
    `"http://[::1]:80/"`,
    `"http://0x7f.1/"`,
    `"not a url"`,
    `"http://"`,
    `"/relative"`,
    `"x", "bad base"`,
    `"http://a/\\ud800"`,
    `new URL("https://example.com/?a=b")`,
    ``,
    `Symbol("s")`,
    `{ toString: () => "https://object.example/" }`,
  ])("of %s is as in Node", (args) => {
    const result = both(guest, `(${all})(new URL(${args}))`);
    expect(result.guest).toEqual(result.node);
  });

  it.each([
    ...[
      `protocol = "http"`,
      `protocol = "bad proto"`,
      `username = "ü:x"`,
      `password = "p@"`,
      `host = "other:99"`,
    ],
    ...[`hostname = "new.example"`, `port = "81"`, `port = "x"`, `port = 65536`, `pathname = "a b/../c"`],
    ...[
      `search = "n=ü&m"`,
      `search = ""`,
      `hash = "h h"`,
      `hash = ""`,
      `href = "http://else.example/?q"`,
      `href = "bad"`,
    ],
    ...[`searchParams.append("k", "v w")`, `searchParams.delete("x")`, `searchParams.set("x", "é+&")`],
    ...[`searchParams.sort()`, `origin = "http://x"`, `pathname = Symbol()`],
  ])("after url.%s is as in Node", (change) => {
    const make = `new URL("https://u:p@example.com:8443/p/q?x=1&y=2&x=3#f")`;
    const result = both(guest, `((u) => { u.searchParams; u.${change}; return (${all})(u); })(${make})`);
    expect(result.guest).toEqual(result.node);
  });

  it.each([
    `URL.canParse("x:y"), URL.canParse("x"), URL.canParse("x", "http://a"), URL.parse("nope"), URL.parse("b", "http://a/").href`,
    `[URL.name, URL.length, new URL("a:b") instanceof URL, Object.prototype.toString.call(new URL("a:b"))]`,
    `((u) => { const p = u.searchParams; u.search = "?b=2"; return [p === u.searchParams, [...p]]; })(new URL("http://a/?a=1"))`,
    `(class Mine extends URL { get twice() { return this.href + this.href; } }, new (class extends URL {})("a:b").href)`,
  ])("has %s as in Node", (expression) => {
    const result = both(guest, `[${expression}]`);
    expect(result.guest).toEqual(result.node);
  });

  it("is as in Node for any input and base", () => {
    const input = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(input, fc.option(input, { nil: undefined }), (text, base) => {
        guest.set("input", [text, ...(base === undefined ? [] : [base])]);
        const url = URL.parse(text, base);
        const expected = url && fields.map((field) => Reflect.get(url, field) as string);
        expect(
          guest.json(`((u) => u && ${JSON.stringify(fields)}.map((f) => u[f]))(URL.parse(...input))`),
        ).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses what is longer than a MiB, and names the limit", () => {
    const message = guest.run(
      `try { new URL("http://a/" + "x".repeat(2 ** 20)) } catch (e) { e.name + ": " + e.message }`,
    );
    expect(message).toBe("RangeError: The URL is too long: 1048585 characters, at most 1048576 are parsed.");
  });

  it("asks the host with texts only", () => {
    using fresh = new Guest();
    fresh.run(`new URL("b", "http://a/").port = 81`);
    expect(fresh.asked.filter(({ kind }) => kind === GuestQuestion.ParseUrl).map(({ text }) => text)).toEqual(
      ['["b","http://a/"]', '["http://a/b","port","81"]'],
    );
  });

  it("shows its parts on the console", () => {
    using fresh = new Guest();
    fresh.run(
      `console.log(new URL("http://a/?b=c"), new URLSearchParams("x=1&y=a'b"), new URLSearchParams())`,
    );
    const [text] = fresh.logs();
    expect(text).toMatch(/^URL \{\n {2}href: 'http:\/\/a\/\?b=c',\n/);
    expect(text).toMatch(/URLSearchParams \{ 'x' => '1', 'y' => "a'b" \} URLSearchParams \{\}$/);
  });
});

describe("URLSearchParams", () => {
  it.each([
    ...[
      ``,
      `"?a=1&b=2"`,
      `"a=1&a=2&&=&c"`,
      `"a+b=%20%2B&%zz=%e4%f6"`,
      `"%F0%9F%98%80=é"`,
      `{ a: 1, b: [2, 3], ü: null }`,
    ],
    ...[
      `[["a", "b"], ["c", 4]]`,
      `new Map([["m", "n"]])`,
      `new URLSearchParams("p=q")`,
      `null`,
      `undefined`,
      `5`,
      `true`,
    ],
    ...[
      `[["a"]]`,
      `[["a", "b", "c"]]`,
      `[1]`,
      `{ [Symbol.iterator]: 1 }`,
      `Symbol()`,
      `"\\ud800=\\udc00"`,
      `"%ef%bb%bfa=%ef%bb%bf"`,
    ],
    ...[`"a=b=c&=d"`, `"a%"`, `"%4"`, `{ "\\ud83d": "x" }`, `new Set(["ab"])`],
  ])("of %s is as in Node", (args) => {
    const result = both(guest, `((p) => [[...p], String(p), p.size])(new URLSearchParams(${args}))`);
    expect(result.guest).toEqual(result.node);
  });

  it.each([
    ...[
      `p.get("a")`,
      `p.get("z")`,
      `p.getAll("a")`,
      `p.has("a")`,
      `p.has("a", "2")`,
      `p.has("a", "9")`,
      `p.append("n", 5)`,
    ],
    ...[
      `p.delete("a")`,
      `p.delete("a", "2")`,
      `p.set("a", "only")`,
      `p.set("new", 1)`,
      `p.sort()`,
      `[...p.keys()]`,
    ],
    ...[
      `[...p.values()]`,
      `p.get()`,
      `p.append("x")`,
      `p.forEach()`,
      `p.delete()`,
      `p.set("x")`,
      `p.has()`,
      `p.getAll()`,
    ],
    ...[
      `((o) => (p.forEach((v, k, q) => o.push([v, k, q === p])), o))([])`,
      `p.append({ toString: () => "t" }, null)`,
    ],
    `((o) => { for (const [k] of p) { if (o.push(k) === 1) p.append("live", "1"); } return o; })([])`,
  ])("after %s is as in Node", (use) => {
    const result = both(
      guest,
      `((p) => [${use}, [...p], String(p)])(new URLSearchParams("b=1&a=2&c=ü&a=3"))`,
    );
    expect(result.guest).toEqual(result.node);
  });

  it("is written and read back", () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(pairs, (list) => {
        guest.set("list", list);
        const text = guest.run("String(new URLSearchParams(list))");
        expect(text).toBe(String(new URLSearchParams(list)));
        expect(guest.json("[...new URLSearchParams(String(new URLSearchParams(list)))]")).toEqual([
          ...new URLSearchParams(text as string),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("reads raw characters beside broken escapes as the standard says, where Node does not", () => {
    guest.set("text", "é%F0");
    expect(guest.json("[...new URLSearchParams(text)]")).toEqual([["é\ufffd", ""]]);
  });

  it("parses any ASCII text as Node does", () => {
    const text = fc.array(
      fc.constantFrom("%", "a", "4", "e", "E", "&", "=", "+", "?", "%F0", "%9F", "%ef%bb%bf", "#"),
    );
    fc.assert(
      fc.property(text, (parts) => {
        guest.set("text", parts.join(""));
        expect(guest.json("[...new URLSearchParams(text)]")).toEqual([
          ...new URLSearchParams(parts.join("")),
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
