import { describe, expect, it } from "vitest";
import type { FrameLimits } from "../../src/cell/frames.ts";
import { cellToHost, FrameDecoder, FrameEncoder, FrameError, hostToCell } from "../../src/cell/frames.ts";
import { choice, frameSchema, integer, measure, record, text } from "../../src/cell/frame-schema.ts";
import type { Field } from "../../src/cell/frame-schema.ts";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import type { CellMessage, HostMessage } from "../../src/cell/protocol.ts";
import { REASONS } from "./frames-support.ts";

const limits: FrameLimits = { maxFrameBytes: 1_048_576, maxTextBytes: 262_144 };

const definition = {
  factsText: "{}",
  source: "export const handler = () => '✓'",
  format: "esm",
  filename: "/var/task/index.mjs",
  memoryMb: 128,
  concurrency: 1,
  cpuMs: 900.5,
  logLines: 10_000,
  logBytes: 2 ** 33,
  timers: 1_000,
  hostCalls: 100,
  errorBytes: 65_536,
  inspect: "off",
  cachedData: new Uint8Array([0, 255, 7]),
  pack: undefined,
} as const;

/** One of every kind at least; the property tests try the rest. */
const toCell: { readonly [Kind in HostMessage[0]]: Extract<HostMessage, readonly [Kind, ...unknown[]]>[] } = {
  [ToCell.Define]: [
    [ToCell.Define, 1, definition],
    [ToCell.Define, 2, { ...definition, format: "commonjs", cachedData: undefined }],
    [ToCell.Define, 3, { ...definition, cachedData: new Uint8Array() }],
  ],
  [ToCell.Forget]: [[ToCell.Forget, 0xffff_ffff]],
  [ToCell.Create]: [[ToCell.Create, 1, 2, 10_000.5, "2026/01/01/[$LATEST]abc"]],
  [ToCell.Invoke]: [[ToCell.Invoke, 1, 0x7fff_ffff, "id", 3_000, '{"name":"Ada"}', ""]],
  [ToCell.Dispose]: [[ToCell.Dispose, 0]],
  [ToCell.Prepare]: [[ToCell.Prepare, 128, 2]],
  [ToCell.Compile]: [
    [ToCell.Compile, 1, "1 + 1", undefined, "a.js"],
    [ToCell.Compile, 2, "1 + 1", "esm", "a.mjs"],
    [ToCell.Compile, 3, "1 + 1", "commonjs", "a.cjs"],
  ],
  [ToCell.Ping]: [[ToCell.Ping, 7]],
  [ToCell.Expire]: [[ToCell.Expire, 8]],
  [ToCell.Recall]: [[ToCell.Recall, 9]],
  [ToCell.Sent]: [[ToCell.Sent, 123_456.789]],
  [ToCell.Inspect]: [[ToCell.Inspect, 1, 1, "{}"]],
  [ToCell.Shutdown]: [[ToCell.Shutdown, 1, 500]],
  [ToCell.Reply]: [
    [ToCell.Reply, 1, 0x7fff_ffff, 0, "part"],
    [ToCell.Reply, 1, 2, 1, ""],
    [ToCell.Reply, 1, 3, 2, "{}"],
  ],
};

const toHost: { readonly [Kind in CellMessage[0]]: Extract<CellMessage, readonly [Kind, ...unknown[]]>[] } = {
  [ToHost.Ready]: [[ToHost.Ready]],
  [ToHost.Initialized]: [[ToHost.Initialized, 1, 1.5, 0.25, 2 ** 33]],
  [ToHost.InitFailed]: REASONS.map((reason) => [ToHost.InitFailed, 1, reason, '{"a":"ß"}', 3, 0, ""]),
  [ToHost.Done]: [
    [ToHost.Done, 1, 2, 0, '"😀"', 0.001, 0, 0, false, ""],
    [ToHost.Done, 1, 3, 1, "{}", 1, 1, 5e6, true, ""],
    [ToHost.Done, 1, 4, 2, "", 3_000, 0, 0, true, '{"limit":"cpu"}'],
  ],
  [ToHost.Log]: [[ToHost.Log, 1, 0, 5, "one line", 1_760_000_000_000]],
  [ToHost.Ended]: REASONS.map((reason) => [ToHost.Ended, 1, reason, "{}"]),
  [ToHost.Compiled]: [
    [ToHost.Compiled, 1, "esm", "", new Uint8Array([1, 2, 3])],
    [ToHost.Compiled, 2, "commonjs", "SyntaxError", undefined],
  ],
  [ToHost.Pong]: [[ToHost.Pong, 7]],
  [ToHost.Returned]: [[ToHost.Returned, 1, 5]],
  [ToHost.Call]: [[ToHost.Call, 1, 0x7fff_ffff, "net.fetch\n{}"]],
  [ToHost.CallMore]: [[ToHost.CallMore, 1, 5, "more"]],
  [ToHost.CallEnd]: [[ToHost.CallEnd, 1, 5]],
  [ToHost.Inspected]: [[ToHost.Inspected, 1, 1, "{}"]],
  [ToHost.Listens]: [[ToHost.Listens, 1]],
};

const listed = <M>(samples: Readonly<Record<number, readonly M[]>>): { message: M }[] =>
  Object.values(samples).flatMap((messages) => messages.map((message) => ({ message })));

const encodeForHost = (batch: readonly CellMessage[], given = limits): Buffer =>
  new FrameEncoder(cellToHost, given).encode(batch);

function receiveAsHost(bytes: Buffer, given = limits): CellMessage[][] {
  const batches: CellMessage[][] = [];
  new FrameDecoder(cellToHost, given).push(bytes, (batch) => batches.push(batch));
  return batches;
}

/** A frame of any body, with a right length. */
const frame = (body: readonly number[]): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, Buffer.from(body)]);
};

const f64 = (value: number): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes];
};

const longest = (bytes: number): CellMessage => [ToHost.Log, 1, 2, 3, "x".repeat(bytes), 4];
const pong: CellMessage = [ToHost.Pong, 1];

describe("frames", () => {
  it.each(listed<HostMessage>(toCell))("carries $message to the cell", ({ message }) => {
    const batches: HostMessage[][] = [];
    const bytes = new FrameEncoder(hostToCell, limits).encode([message]);
    new FrameDecoder(hostToCell, limits).push(bytes, (batch) => batches.push(batch));
    expect(batches).toStrictEqual([[message]]);
  });

  it.each(listed<CellMessage>(toHost))("carries $message to the host", ({ message }) => {
    expect(receiveAsHost(encodeForHost([message]))).toStrictEqual([[message]]);
  });

  it("lays a batch out as documented", () => {
    const bytes = encodeForHost([
      [ToHost.Ready],
      [ToHost.Done, 1, 0x0102, 1, "ß", 1.5, 0, 0, true, ""],
      [ToHost.Ended, 3, "exit", ""],
    ]);
    const done = [ToHost.Done, 1, 0, 0, 0, 2, 1, 0, 0, 1, 2, 0, 0, 0, 0xc3, 0x9f];
    const times = [...f64(1.5), ...f64(0), ...f64(0)];
    const ended = [ToHost.Ended, 3, 0, 0, 0, REASONS.indexOf("exit"), 0, 0, 0, 0];
    const body = [ToHost.Ready, ...done, ...times, 1, 0, 0, 0, 0, ...ended];
    expect([...bytes]).toEqual([...frame([3, 0, 0, 0, ...body])]);
  });

  it("gives nothing for an empty batch", () => {
    expect(encodeForHost([]).length).toBe(0);
  });

  it("replaces lone surrogates, in short texts and in long ones", () => {
    for (const times of [1, 2_000]) {
      const given = "a\ud800b\udc00".repeat(times);
      const [batch] = receiveAsHost(encodeForHost([[ToHost.Log, 1, 2, 3, given, 4]]));
      expect(batch?.[0]?.[4]).toBe("a\ufffdb\ufffd".repeat(times));
    }
  });

  it("never writes again what it has given out", () => {
    const encoder = new FrameEncoder(cellToHost, limits);
    const given: { bytes: Buffer; message: CellMessage }[] = [];
    for (let number = 1; number <= 600; number++) {
      // From tiny to larger than a piece of the encoder's memory.
      const message: CellMessage = [ToHost.Log, 1, number, 3, "é".repeat((number * 31) % 5_000), 4];
      const batch = number % 50 === 0 ? Array.from({ length: 40 }, () => message) : [message];
      given.push({ bytes: encoder.encode(batch), message });
    }
    for (const { bytes, message } of given)
      for (const received of receiveAsHost(bytes)[0] ?? []) expect(received).toStrictEqual(message);
  });

  it("keeps no memory of a huge batch", () => {
    const encoder = new FrameEncoder(cellToHost, limits);
    expect(encoder.encode([longest(200_000)]).buffer.byteLength).toBeGreaterThan(200_000);
    expect(encoder.encode([pong]).buffer.byteLength).toBeLessThanOrEqual(65_536);
  });

  it("keeps no reference to the chunk it was given", () => {
    const message: CellMessage = [ToHost.Compiled, 1, "esm", "", new Uint8Array([1, 2, 3])];
    const bytes = encodeForHost([message]);
    const [batch] = receiveAsHost(bytes);
    bytes.fill(0xff);
    expect(batch).toStrictEqual([message]);
  });
});

describe("the limits of frames", () => {
  it("hold for a text at exactly maxTextBytes, on both sides", () => {
    for (const maxTextBytes of [0, 10, 3_000]) {
      const strict = { ...limits, maxTextBytes };
      expect(receiveAsHost(encodeForHost([longest(maxTextBytes)], strict), strict)).toHaveLength(1);
      const over = `a text of ${maxTextBytes + 1} bytes is over maxTextBytes of ${maxTextBytes}`;
      expect(() => encodeForHost([longest(maxTextBytes + 1)], strict)).toThrow(new FrameError(over));
      const bytes = encodeForHost([longest(maxTextBytes + 1)]);
      expect(() => receiveAsHost(bytes, strict)).toThrow(new FrameError(over));
    }
  });

  it("count the bytes of a text, not its characters", () => {
    const strict = { ...limits, maxTextBytes: 8 };
    expect(() => encodeForHost([[ToHost.Log, 1, 2, 3, "😀😀", 4]], strict)).not.toThrow();
    expect(() => encodeForHost([[ToHost.Log, 1, 2, 3, "😀😀a", 4]], strict)).toThrow(FrameError);
  });

  it("hold for a frame at exactly maxFrameBytes, on both sides", () => {
    const strict = { ...limits, maxFrameBytes: 100 };
    const fits = longest(100 - 29);
    const bytes = encodeForHost([fits], strict);
    expect(bytes.length).toBe(104);
    expect(receiveAsHost(bytes, strict)).toStrictEqual([[fits]]);
    const over = "a message takes a frame of 101 bytes, over maxFrameBytes of 100";
    expect(() => encodeForHost([longest(101 - 29)], strict)).toThrow(new FrameError(over));
    const refused = "a frame of 101 bytes is over maxFrameBytes of 100";
    expect(() => receiveAsHost(encodeForHost([longest(101 - 29)]), strict)).toThrow(new FrameError(refused));
  });

  it("refuse a frame by its length alone, before any more of it comes", () => {
    const decoder = new FrameDecoder(cellToHost, { ...limits, maxFrameBytes: 100 });
    decoder.push(Buffer.from([101, 0, 0]), () => {});
    expect(() => decoder.push(Buffer.from([0]), () => {})).toThrow(FrameError);
  });

  it("make several frames of a batch that is over one frame's bytes", () => {
    const strict = { ...limits, maxFrameBytes: 100 };
    const batch = [pong, longest(71), pong, pong, longest(40), pong];
    expect(receiveAsHost(encodeForHost(batch, strict), strict).map((each) => each.length)).toEqual([1, 1, 4]);
    expect(receiveAsHost(encodeForHost(batch, strict), strict).flat()).toStrictEqual(batch);
  });

  it("make several frames of more than 65 536 messages, and refuse them in one", () => {
    const most = new Array<CellMessage>(65_536).fill([ToHost.Ready]);
    const sizes = (batch: readonly CellMessage[]): number[] =>
      receiveAsHost(encodeForHost(batch)).map((each) => each.length);
    expect(sizes(most)).toEqual([65_536]);
    expect(sizes([...most, pong])).toEqual([65_536, 1]);
    const bytes = frame([1, 0, 1, 0, ...new Array<number>(65_537).fill(ToHost.Ready)]);
    const refused = "a frame says it has 65537 messages; allowed: 1 to 65536";
    expect(() => receiveAsHost(bytes)).toThrow(new FrameError(refused));
  });

  it("let an encoder go on after a message that can't be sent", () => {
    const encoder = new FrameEncoder(cellToHost, { ...limits, maxTextBytes: 10 });
    expect(() => encoder.encode([pong, longest(11), pong])).toThrow(FrameError);
    expect(receiveAsHost(encoder.encode([pong]))).toStrictEqual([[pong]]);
  });

  it("are checked themselves", () => {
    for (const wrong of [63, 2 ** 31, NaN, 100.5, -1])
      expect(() => new FrameEncoder(cellToHost, { ...limits, maxFrameBytes: wrong })).toThrow(RangeError);
    for (const wrong of [-1, 2 ** 29 - 23, NaN, 0.5])
      expect(() => new FrameDecoder(cellToHost, { ...limits, maxTextBytes: wrong })).toThrow(RangeError);
    expect(() => new FrameEncoder(cellToHost, { maxFrameBytes: 64, maxTextBytes: 0 })).not.toThrow();
  });

  it("bound the memory held for a frame by what has come of it", () => {
    const bytes = encodeForHost([longest(100_000)]);
    const decoder = new FrameDecoder(cellToHost, limits);
    let batches = 0;
    for (let at = 0; at < bytes.length; at++) {
      decoder.push(bytes.subarray(at, at + 1), () => batches++);
      if (decoder.heldBytes > Math.max(64, 2 * (at + 1))) expect.unreachable(`held at ${at}`);
    }
    expect(batches).toBe(1);
    expect(decoder.heldBytes).toBe(0);
  });
});

describe("a decoder", () => {
  const one = [1, 0, 0, 0];
  const id = [9, 0, 0, 0];
  const done = [...one, ToHost.Done, ...id, ...id];
  const noText = [0, 0, 0, 0];

  it.each<[string, number[], string]>([
    ["no message", [0, 0, 0, 0, 0], "0 messages"],
    ["no room for a message", [...one], "under the least of 5"],
    ["an unknown kind", [...one, 99], "unknown kind 99"],
    ["kind 0", [...one, 0], "unknown kind 0"],
    ["a message that ends early", [...one, ToHost.Pong, 1, 0, 0], "ends 1 bytes before"],
    ["a text longer than the frame", [...one, ToHost.InitFailed, ...id, 0, 5, 0, 0, 0, 65], "ends 4 bytes"],
    ["surplus bytes", [...one, ToHost.Pong, ...id, 0], "goes on for 1 bytes"],
    ["fewer messages than it says", [2, 0, 0, 0, ToHost.Ready], "ends 1 bytes before"],
    ["a reason that is none", [...one, ToHost.Ended, ...id, 200], "200 stands where"],
    ["an outcome that is none", [...done, 3, ...noText], "one of 3 choices"],
    ["an invocation number over 2^31 - 1", [...one, ToHost.Returned, ...id, 0, 0, 0, 128], "over its limit"],
    ["a log level over 255", [...one, ToHost.Log, ...id, ...id, 0, 1, 0, 0], "over its limit of 255"],
    ["a NaN", [...one, ToHost.Initialized, ...id, ...f64(NaN)], "NaN is not finite"],
    ["an infinite number", [...one, ToHost.Initialized, ...id, ...f64(Infinity)], "Infinity is not finite"],
    ["a negative time", [...one, ToHost.Initialized, ...id, ...f64(-1)], "-1 is not finite and at least 0"],
    [
      "a code cache longer than it",
      [...one, ToHost.Compiled, ...id, 0, ...noText, 1, 0, 0, 0],
      "ends 1 bytes",
    ],
  ])("refuses a frame with %s, and everything after it", (_what, body, message) => {
    const decoder = new FrameDecoder(cellToHost, limits);
    const received: CellMessage[][] = [];
    const push = (bytes: Buffer): void => decoder.push(bytes, (batch) => received.push(batch));
    const bytes = Buffer.concat([encodeForHost([pong]), frame(body), encodeForHost([pong])]);
    expect(() => push(bytes)).toThrow(FrameError);
    expect(received).toStrictEqual([[pong]]);
    expect(() => push(encodeForHost([pong]))).toThrow(message);
    expect(() => push(encodeForHost([pong]))).toThrow(FrameError);
    expect(received).toHaveLength(1);
  });

  it("refuses what only the other side may be sent", () => {
    const bytes = new FrameEncoder(hostToCell, limits).encode([[ToCell.Inspect, 1, 1, ""]]);
    expect(() => receiveAsHost(bytes)).toThrow("unknown kind 15");
  });

  it("passes on what receive throws, and ends with it", () => {
    const decoder = new FrameDecoder(cellToHost, limits);
    const fault = new Error("a fault of the receiver");
    const bytes = encodeForHost([pong]);
    expect(() =>
      decoder.push(bytes, () => {
        throw fault;
      }),
    ).toThrow(fault);
    expect(() => decoder.push(bytes, () => {})).toThrow(FrameError);
  });

  it("refuses to be fed by its own receiver", () => {
    const decoder = new FrameDecoder(cellToHost, limits);
    const bytes = encodeForHost([pong]);
    expect(() => decoder.push(bytes, () => decoder.push(bytes, () => {}))).toThrow(FrameError);
  });
});

describe("an encoder", () => {
  it.each<[string, unknown[]]>([
    ["an unknown kind", [99]],
    ["a fraction for an id", [ToHost.Pong, 1.5]],
    ["a negative id", [ToHost.Pong, -1]],
    ["an id of 2^32", [ToHost.Pong, 2 ** 32]],
    ["no id", [ToHost.Pong]],
    ["a number of 2^31", [ToHost.Returned, 1, 2 ** 31]],
    ["NaN", [ToHost.Initialized, 1, NaN, 0, 0]],
    ["an infinite time", [ToHost.Initialized, 1, Infinity, 0, 0]],
    ["a negative time", [ToHost.Initialized, 1, -0.001, 0, 0]],
    ["an unknown reason", [ToHost.Ended, 1, "boredom", ""]],
    ["a number for a text", [ToHost.Log, 1, 2, 3, 4, 5]],
    ["a text for bytes", [ToHost.Compiled, 1, "esm", "", "bytes"]],
  ])("refuses a message with %s", (_what, message) => {
    expect(() => encodeForHost([message as unknown as CellMessage])).toThrow(FrameError);
  });

  it("refuses a definition that is none", () => {
    const message = [ToCell.Define, 1, null] as unknown as HostMessage;
    expect(() => new FrameEncoder(hostToCell, limits).encode([message])).toThrow(FrameError);
  });
});

describe("a schema", () => {
  type Messages = readonly [1, id: number, reason: "a" | "b"] | readonly [2];
  const id = integer();

  it("compiles only when it is as the messages are", () => {
    frameSchema<Messages>({ 1: [id, choice("b", "a")], 2: [] });
    // @ts-expect-error a kind is missing
    frameSchema<Messages>({ 1: [id, choice("a", "b")] });
    // @ts-expect-error a kind too many
    frameSchema<Messages>({ 1: [id, choice("a", "b")], 2: [], 3: [] });
    // @ts-expect-error a field is missing
    frameSchema<Messages>({ 1: [id], 2: [] });
    // @ts-expect-error a field too many
    frameSchema<Messages>({ 1: [id, choice("a", "b")], 2: [id] });
    // @ts-expect-error a choice is missing
    frameSchema<Messages>({ 1: [id, choice("a")], 2: [] });
    // @ts-expect-error a choice too many
    frameSchema<Messages>({ 1: [id, choice("a", "b", "c")], 2: [] });
    // @ts-expect-error a field of another type
    frameSchema<Messages>({ 1: [text, choice("a", "b")], 2: [] });
    // @ts-expect-error a property is missing
    const small: Field<{ a: number; b: string }> = record<{ a: number; b: string }>({ a: measure });
    expect(small.names).toEqual(["a"]);
  });
});
