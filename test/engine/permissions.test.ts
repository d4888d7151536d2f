import { expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const TYPES = `export const handler = async () =>
  [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, new ArrayBuffer(1, { maxByteLength: 9 }).resizable];`;

it("gives no function a dangerous global that it isn't granted, also from prepared environments", async () => {
  const bench = makeBench({ cells: { count: 1, prepared: 2, spares: 0 } });
  await bench.deploy(TYPES);
  expect((await bench.succeed()).payload).toEqual(["undefined", "undefined", "undefined", false]);
  await bench.deploy(TYPES, { permissions: { wasm: true, sharedArrayBuffer: true } });
  expect((await bench.succeed()).payload).toEqual(["object", "function", "undefined", false]);
  await bench.deploy(TYPES, { permissions: { atomicsWait: true } });
  expect((await bench.succeed()).payload).toEqual(["undefined", "undefined", "function", false]);
});

it("takes permissions from the engine's defaults where a function says nothing", async () => {
  const bench = makeBench({ defaults: { permissions: { wasm: true } } });
  await bench.deploy(TYPES);
  expect((await bench.succeed()).payload).toEqual(["object", "undefined", "undefined", false]);
});
