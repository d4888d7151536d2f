import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { SourceLifecycle } from "../../src/sources/lifecycle.ts";
import { makeRig } from "./support.ts";

function make() {
  const halts: number[] = [];
  const life = new SourceLifecycle("test", () => void halts.push(1));
  return { life, halts, rig: makeRig() };
}

test("halts once, and waits for every flight", async () => {
  const { life, halts, rig } = make();
  life.begin(rig.context);
  const [first, second] = [life.open(), life.open()];
  let stopped = false;
  const stopping = life.stop().then(() => (stopped = true));
  expect(life.isRunning()).toBe(false);
  first.end();
  first.end();
  await Promise.resolve();
  expect(stopped).toBe(false);
  second.end();
  await stopping;
  await life.stop();
  expect(halts).toHaveLength(1);
});

test("gives up flights that never end, and stops, when the engine's signal aborts", async () => {
  const { life, halts, rig } = make();
  life.begin(rig.context);
  const flight = life.open();
  const stopping = life.stop();
  const reason = new Error("closing");
  rig.abort.abort(reason);
  await stopping;
  expect(flight.signal.reason).toBe(reason);
  expect(halts).toHaveLength(1);
});

test("stops by the signal alone", () => {
  const { life, halts, rig } = make();
  life.begin(rig.context);
  rig.abort.abort();
  expect(life.isRunning()).toBe(false);
  expect(halts).toHaveLength(1);
});

test("leaves nothing on the engine's signal", async () => {
  const { life, rig } = make();
  life.begin(rig.context);
  await life.stop();
  expect(getEventListeners(rig.abort.signal, "abort")).toEqual([]);
});
