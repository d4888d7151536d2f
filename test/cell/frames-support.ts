import fc from "fast-check";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import type { CellMessage, EndReason, HostMessage, VersionDefinition } from "../../src/cell/protocol.ts";

export type AnyMessage = readonly [number, ...unknown[]];

/** Something for every kind of message: a new kind does not compile until it is here. */
type ByKind<M extends AnyMessage, Entry extends "arbitrary" | "check"> = {
  readonly [Kind in M[0]]: Entry extends "check"
    ? readonly ((value: unknown) => boolean)[]
    : fc.Arbitrary<Extract<M, readonly [Kind, ...unknown[]]>>;
};

const u32 = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 0xffff_ffff }));
const invocation = fc.integer({ min: 0, max: 0x7fff_ffff });
const measure = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 40 }),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
);
/** Well-formed Unicode: a lone surrogate would not come back. Some longer than what is written without being measured. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.string() },
  { weight: 3, arbitrary: fc.string({ unit: "binary" }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 1, max: 900 }))
      .map(([part, times]) => part.repeat(times)),
  },
);
const bytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined });
const format = fc.constantFrom("esm", "commonjs");

/** All of them, by name, so that none can be missing. */
export const REASONS: readonly EndReason[] = Object.keys({
  disposed: true,
  timeout: true,
  cpu: true,
  memory: true,
  timers: true,
  logs: true,
  calls: true,
  "memory-soft": true,
  exit: true,
  "unhandled-rejection": true,
  "uncaught-exception": true,
  protocol: true,
  "init-error": true,
} satisfies Record<EndReason, true>) as EndReason[];
const reason = fc.constantFrom(...REASONS);

const definition: fc.Arbitrary<VersionDefinition> = fc.record(
  {
    factsText: text,
    source: text,
    format,
    filename: text,
    memoryMb: u32,
    concurrency: u32,
    cpuMs: measure,
    logLines: u32,
    logBytes: measure,
    timers: u32,
    hostCalls: u32,
    errorBytes: measure,
    inspect: fc.constantFrom("off", "on", "break"),
    cachedData: bytes,
    pack: bytes,
  },
  { noNullPrototype: true },
);

const toCell: ByKind<HostMessage, "arbitrary"> = {
  [ToCell.Define]: fc.tuple(fc.constant(ToCell.Define), u32, definition),
  [ToCell.Forget]: fc.tuple(fc.constant(ToCell.Forget), u32),
  [ToCell.Create]: fc.tuple(fc.constant(ToCell.Create), u32, u32, measure, text),
  [ToCell.Invoke]: fc.tuple(fc.constant(ToCell.Invoke), u32, invocation, text, measure, text, text),
  [ToCell.Dispose]: fc.tuple(fc.constant(ToCell.Dispose), u32),
  [ToCell.Prepare]: fc.tuple(fc.constant(ToCell.Prepare), u32, u32),
  [ToCell.Compile]: fc.tuple(
    fc.constant(ToCell.Compile),
    u32,
    text,
    fc.option(format, { nil: undefined }),
    text,
  ),
  [ToCell.Ping]: fc.tuple(fc.constant(ToCell.Ping), u32),
  [ToCell.Expire]: fc.tuple(fc.constant(ToCell.Expire), u32),
  [ToCell.Recall]: fc.tuple(fc.constant(ToCell.Recall), u32),
  [ToCell.Inspect]: fc.tuple(fc.constant(ToCell.Inspect), u32, u32, text),
  [ToCell.Shutdown]: fc.tuple(fc.constant(ToCell.Shutdown), u32, measure),
  [ToCell.Sent]: fc.tuple(fc.constant(ToCell.Sent), measure),
  [ToCell.Reply]: fc.tuple(fc.constant(ToCell.Reply), u32, invocation, fc.constantFrom(0, 1, 2), text),
};

const toHost: ByKind<CellMessage, "arbitrary"> = {
  [ToHost.Ready]: fc.tuple(fc.constant(ToHost.Ready)),
  [ToHost.Initialized]: fc.tuple(fc.constant(ToHost.Initialized), u32, measure, measure, measure),
  [ToHost.InitFailed]: fc.tuple(fc.constant(ToHost.InitFailed), u32, reason, text, measure, measure, text),
  [ToHost.Done]: fc.tuple(
    fc.constant(ToHost.Done),
    u32,
    invocation,
    fc.constantFrom(0, 1, 2),
    text,
    measure,
    measure,
    measure,
    fc.boolean(),
    text,
  ),
  [ToHost.Log]: fc.tuple(
    fc.constant(ToHost.Log),
    u32,
    invocation,
    fc.integer({ min: 0, max: 255 }),
    text,
    measure,
  ),
  [ToHost.Ended]: fc.tuple(fc.constant(ToHost.Ended), u32, reason, text),
  [ToHost.Compiled]: fc.tuple(fc.constant(ToHost.Compiled), u32, format, text, bytes),
  [ToHost.Pong]: fc.tuple(fc.constant(ToHost.Pong), u32),
  [ToHost.Returned]: fc.tuple(fc.constant(ToHost.Returned), u32, invocation),
  [ToHost.Call]: fc.tuple(fc.constant(ToHost.Call), u32, invocation, text),
  [ToHost.CallMore]: fc.tuple(fc.constant(ToHost.CallMore), u32, invocation, text),
  [ToHost.CallEnd]: fc.tuple(fc.constant(ToHost.CallEnd), u32, invocation),
  [ToHost.Inspected]: fc.tuple(fc.constant(ToHost.Inspected), u32, u32, text),
  [ToHost.Listens]: fc.tuple(fc.constant(ToHost.Listens), u32),
};

/** Any message of each kind, kind by kind. */
export const hostMessages: readonly fc.Arbitrary<HostMessage>[] = Object.values(toCell);
export const cellMessages: readonly fc.Arbitrary<CellMessage>[] = Object.values(toHost);

/** The largest text the checks below let through, in UTF-16 units. */
export const CHECKED_TEXT = 4_096;

const isU32 = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
const isInvocation = (value: unknown): boolean => isU32(value) && Number(value) < 2 ** 31;
const isMeasure = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;
const isText = (value: unknown): boolean => typeof value === "string" && value.length <= CHECKED_TEXT;
const isBytes = (value: unknown): boolean =>
  value === undefined || Object.getPrototypeOf(value) === Uint8Array.prototype;
const isFormat = (value: unknown): boolean => value === "esm" || value === "commonjs";
const isReason = (value: unknown): boolean => REASONS.some((known) => known === value);

const definitionChecks: Record<keyof VersionDefinition, (value: unknown) => boolean> = {
  factsText: isText,
  source: isText,
  format: isFormat,
  filename: isText,
  memoryMb: isU32,
  concurrency: isU32,
  cpuMs: isMeasure,
  logLines: isU32,
  logBytes: isMeasure,
  timers: isU32,
  hostCalls: isU32,
  errorBytes: isMeasure,
  inspect: (value) => value === "off" || value === "on" || value === "break",
  cachedData: isBytes,
  pack: isBytes,
};

function isDefinition(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const entries = Object.entries(value);
  const checks = new Map(Object.entries(definitionChecks));
  return entries.length === checks.size && entries.every(([name, field]) => checks.get(name)?.(field));
}

const cellMayGet: ByKind<HostMessage, "check"> = {
  [ToCell.Define]: [isU32, isDefinition],
  [ToCell.Forget]: [isU32],
  [ToCell.Create]: [isU32, isU32, isMeasure, isText],
  [ToCell.Invoke]: [isU32, isInvocation, isText, isMeasure, isText, isText],
  [ToCell.Dispose]: [isU32],
  [ToCell.Prepare]: [isU32, isU32],
  [ToCell.Compile]: [isU32, isText, (value) => value === undefined || isFormat(value), isText],
  [ToCell.Ping]: [isU32],
  [ToCell.Expire]: [isU32],
  [ToCell.Recall]: [isU32],
  [ToCell.Inspect]: [isU32, isU32, isText],
  [ToCell.Shutdown]: [isU32, isMeasure],
  [ToCell.Sent]: [isMeasure],
  [ToCell.Reply]: [isU32, isInvocation, (value) => value === 0 || value === 1 || value === 2, isText],
};

const hostMayGet: ByKind<CellMessage, "check"> = {
  [ToHost.Ready]: [],
  [ToHost.Initialized]: [isU32, isMeasure, isMeasure, isMeasure],
  [ToHost.InitFailed]: [isU32, isReason, isText, isMeasure, isMeasure, isText],
  [ToHost.Done]: [
    isU32,
    isInvocation,
    (value) => value === 0 || value === 1 || value === 2,
    isText,
    isMeasure,
    isMeasure,
    isMeasure,
    (value) => typeof value === "boolean",
    isText,
  ],
  [ToHost.Log]: [isU32, isInvocation, (value) => isU32(value) && Number(value) < 256, isText, isMeasure],
  [ToHost.Ended]: [isU32, isReason, isText],
  [ToHost.Compiled]: [isU32, isFormat, isText, isBytes],
  [ToHost.Pong]: [isU32],
  [ToHost.Returned]: [isU32, isInvocation],
  [ToHost.Call]: [isU32, isInvocation, isText],
  [ToHost.CallMore]: [isU32, isInvocation, isText],
  [ToHost.CallEnd]: [isU32, isInvocation],
  [ToHost.Inspected]: [isU32, isU32, isText],
  [ToHost.Listens]: [isU32],
};

/** Whether a message is as the protocol says, judged without the codec's schema. */
function fits(
  table: Readonly<Record<number, readonly ((value: unknown) => boolean)[]>>,
): typeof isHostMessage {
  return ([kind, ...values]) => {
    const checks = table[kind];
    return checks?.length === values.length && checks.every((check, index) => check(values[index]));
  };
}

export const isHostMessage: (message: AnyMessage) => boolean = fits(cellMayGet);
export const isCellMessage: (message: AnyMessage) => boolean = fits(hostMayGet);
