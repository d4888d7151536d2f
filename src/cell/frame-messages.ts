import { choice, frameSchema, integer, measure, optionalBytes, record, text } from "./frame-schema.ts";
import type { Field, FrameSchema } from "./frame-schema.ts";
import { ToCell, ToHost } from "./protocol.ts";
import type { CellMessage, EndReason, HostMessage, VersionDefinition } from "./protocol.ts";

const id = integer();
const count = integer();
/** Numbers of invocations wrap at 2^31; 0 stands for none. */
const invocation = integer(0x7fff_ffff);
const level = integer(255);
const call = integer(0x7fff_ffff);
const flag = choice(false, true);
const format = choice("esm", "commonjs");
const outcome = choice(0, 1, 2);

const reason: Field<EndReason> = choice(
  "disposed",
  "timeout",
  "cpu",
  "memory",
  "timers",
  "logs",
  "calls",
  "memory-soft",
  "exit",
  "unhandled-rejection",
  "uncaught-exception",
  "protocol",
  "init-error",
);

const definition: Field<VersionDefinition> = record<VersionDefinition>({
  factsText: text,
  source: text,
  format,
  filename: text,
  memoryMb: count,
  concurrency: count,
  cpuMs: measure,
  logLines: count,
  logBytes: measure,
  timers: count,
  hostCalls: count,
  errorBytes: measure,
  inspect: choice("off", "on", "break"),
  cachedData: optionalBytes,
  pack: optionalBytes,
});

/** What a host sends and a cell may be sent. */
export const hostToCell: FrameSchema<HostMessage> = frameSchema<HostMessage>({
  [ToCell.Define]: [id, definition],
  [ToCell.Forget]: [id],
  [ToCell.Create]: [id, id, measure, text],
  [ToCell.Invoke]: [id, invocation, text, measure, text, text],
  [ToCell.Dispose]: [id],
  [ToCell.Prepare]: [count, count],
  [ToCell.Compile]: [id, text, choice(undefined, "esm", "commonjs"), text],
  [ToCell.Ping]: [id],
  [ToCell.Expire]: [id],
  [ToCell.Recall]: [id],
  [ToCell.Sent]: [measure],
  [ToCell.Reply]: [id, call, outcome, text],
  [ToCell.Shutdown]: [id, measure],
  [ToCell.Inspect]: [id, id, text],
});

/** What a cell sends and a host may be sent. */
export const cellToHost: FrameSchema<CellMessage> = frameSchema<CellMessage>({
  [ToHost.Ready]: [],
  [ToHost.Initialized]: [id, measure, measure, measure],
  [ToHost.InitFailed]: [id, reason, text, measure, measure, text],
  [ToHost.Done]: [id, invocation, outcome, text, measure, measure, measure, flag, text],
  [ToHost.Log]: [id, invocation, level, text, measure],
  [ToHost.Ended]: [id, reason, text],
  [ToHost.Compiled]: [id, format, text, optionalBytes],
  [ToHost.Pong]: [id],
  [ToHost.Returned]: [id, invocation],
  [ToHost.Call]: [id, call, text],
  [ToHost.CallMore]: [id, call, text],
  [ToHost.CallEnd]: [id, call],
  [ToHost.Listens]: [id],
  [ToHost.Inspected]: [id, id, text],
});
