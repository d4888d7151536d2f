import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { InvalidOptionError } from "../../src/index.ts";
import type { EngineOptions } from "../../src/index.ts";
import { loopbackLookup } from "../bridge/net-support.ts";
import { makeBench } from "./helpers.ts";

/** A root of its own, and what it vouches for by an intermediate: a server named `good.example`. They last for a century. */
const read = (name: string): string =>
  readFileSync(new URL(`../bridge/certificates/${name}`, import.meta.url), "utf8");
const ROOT = read("root.pem");

const ASKS = `import { get } from "node:https";
const byHttps = (url) => new Promise((resolve) => get(url, (response) => resolve(response.statusCode)).on("error", (error) => resolve(error.code)));
export const handler = async (url) => [
  await fetch(url).then((response) => response.text(), (error) => error.cause?.code ?? error.message),
  await byHttps(url),
];`;

async function ask(host: string, options: EngineOptions): Promise<unknown> {
  const server = createServer({ key: read("server.key"), cert: read("chain.pem") }, (_request, response) => {
    response.end("secure");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const bench = makeBench({ lookup: loopbackLookup, ...options });
  await bench.deploy(ASKS, {
    timeoutMs: 20_000,
    permissions: { net: { hosts: ["127.0.0.1", `*.example:${port}`] } },
  });
  return (await bench.succeed(`https://${host}:${port}/`)).payload;
}

describe("requests by https", () => {
  it("trust the authorities that the engine is given, whose chain the server sends", async () => {
    expect(await ask("good.example", { ca: ROOT })).toEqual(["secure", 200]);
    expect(await ask("good.example", { ca: [ROOT] })).toEqual(["secure", 200]);
  });

  it("refuse servers of other authorities", async () => {
    const code = "SELF_SIGNED_CERT_IN_CHAIN";
    const answer = (await ask("good.example", {})) as string[];
    expect(["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", code]).toContain(answer[0]);
    expect(answer[1]).toBe(answer[0]);
  });

  it("refuse servers of another name", async () => {
    const code = "ERR_TLS_CERT_ALTNAME_INVALID";
    expect(await ask("other.example", { ca: ROOT })).toEqual([code, code]);
  });
});

describe("the option ca", () => {
  it.each([1, "text", read("chain.pem"), [ROOT, "text"], {}])("is refused as %j", (ca) => {
    expect(() => makeBench({ ca: ca as never })).toThrow(InvalidOptionError);
  });
});
