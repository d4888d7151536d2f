import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

async function run(body: string): Promise<unknown> {
  const bench = makeBench();
  await bench.deploy(`export const handler = async () => { ${body} };`);
  return (await bench.succeed()).payload;
}

/** What the web platform tests don't look at, or don't where they can't be had. */
describe("the web platform in a guest", () => {
  it.each([
    [
      "streams through transforms",
      `const texts = new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close(); } });
       const upper = new TransformStream({ transform(chunk, c) { c.enqueue(chunk.toUpperCase()); } });
       const seen = []; for await (const chunk of texts.pipeThrough(upper)) seen.push(chunk); return seen;`,
      ["A", "B"],
    ],
    [
      "compression and back",
      `const piped = new Blob(["hello ".repeat(5000)]).stream().pipeThrough(new CompressionStream("gzip"));
       const bytes = await new Response(piped).bytes();
       const back = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
       return [bytes.length < 1000, (await new Response(back).text()).length];`,
      [true, 30_000],
    ],
    [
      "corrupt input",
      `const back = new Blob([new Uint8Array(40)]).stream().pipeThrough(new DecompressionStream("gzip"));
       return new Response(back).text().then(() => "read", (error) => error.name);`,
      "TypeError",
    ],
    [
      "text streams and legacy encodings",
      `const bytes = new Blob([new Uint8Array([0x93, 0xfa, 0x96, 0x7b])]).stream();
       const texts = bytes.pipeThrough(new TextDecoderStream("shift_jis"));
       let text = ""; for await (const chunk of texts) text += chunk; return text;`,
      "日本",
    ],
    [
      "URLPattern",
      `return new URLPattern({ pathname: "/users/:id" }).exec("https://a.example/users/7").pathname.groups.id;`,
      "7",
    ],
    [
      "message channels with transfer",
      `const { port1, port2 } = new MessageChannel(); const buffer = new ArrayBuffer(8);
       const got = new Promise((resolve) => { port2.onmessage = ({ data }) => resolve(data.byteLength); });
       port1.postMessage(buffer, [buffer]); return [await got, buffer.detached];`,
      [8, true],
    ],
    [
      "structuredClone of the platform's own",
      `const file = structuredClone({ file: new File(["abc"], "a.txt", { lastModified: 5 }), error: new DOMException("m", "AbortError") });
       const refused = [() => new URL("https://a.example"), () => new Headers(), () => Symbol()].map((make) => {
         try { structuredClone(make()); return "cloned"; } catch (error) { return error.name; } });
       return [await file.file.text(), file.file.name, file.file.lastModified, file.error instanceof DOMException, file.error.code, refused];`,
      ["abc", "a.txt", 5, true, 20, ["DataCloneError", "DataCloneError", "DataCloneError"]],
    ],
    [
      "structuredClone of keys",
      `const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
       const { clone } = structuredClone({ clone: key });
       const sign = async (by) => Buffer.from(await crypto.subtle.sign("HMAC", by, new Uint8Array(1))).toString("hex");
       return [clone instanceof CryptoKey, clone !== key, clone.algorithm, clone.extractable, clone.usages, await sign(clone) === await sign(key),
         structuredClone({ [Symbol.toStringTag]: "CryptoKey", mine: 1 }).mine];`,
      [true, true, { name: "HMAC", length: 512, hash: { name: "SHA-256" } }, false, ["sign"], true, 1],
    ],
    [
      "AbortSignal.any and timeout",
      `const timeout = AbortSignal.timeout(1); const any = AbortSignal.any([new AbortController().signal, timeout]);
       const name = new Promise((resolve) => any.addEventListener("abort", () => resolve(any.reason.name)));
       await new Promise((resolve) => setTimeout(resolve, 20)); return [await name, any.reason === timeout.reason];`,
      ["TimeoutError", true],
    ],
    [
      "performance's marks",
      `performance.mark("a"); performance.mark("b"); const { name, duration } = performance.measure("ab", "a", "b");
       return [name, duration >= 0, performance.getEntriesByType("mark").length];`,
      ["ab", true, 2],
    ],
    [
      "object URLs",
      `const url = URL.createObjectURL(new Blob(["x"])); const text = await (await fetch(url)).text();
       URL.revokeObjectURL(url); return [text, await fetch(url).catch((error) => error.name)];`,
      ["x", "TypeError"],
    ],
    ["navigator", `return navigator.userAgent;`, "Node.js/24"],
  ])("has %s", async (_name, body, expected) => {
    expect(await run(body)).toEqual(expected);
  });

  it("reports errors as if nobody had caught them", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = () => new Promise(() => { reportError(new RangeError("reported")); });`,
    );
    expect((await bench.fail()).error).toMatchObject({ errorType: "RangeError", errorMessage: "reported" });
  });

  it("works by its own parts after user code has replaced them", async () => {
    const seen = await run(`
      for (const name of ["ReadableStream", "Blob", "TextEncoder", "URL", "DOMException", "AbortSignal"]) {
        globalThis[name] = function Replaced() { throw new Error(name); };
      }
      return [await new Response("text").text(), new Request("https://a.example/").url];`);
    expect(seen).toEqual(["text", "https://a.example/"]);
  });
});
