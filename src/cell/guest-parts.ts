import type { CallReplyKind } from "../guest/contract.ts";
import { guardCalls } from "./call-guard.ts";
import type { EnvironmentHome } from "./environment-home.ts";
import { GuestEnd } from "./guest-end.ts";
import { GuestInbox } from "./guest-inbox.ts";
import type { InboxParts } from "./guest-inbox.ts";
import { GuestInit } from "./guest-init.ts";
import { makePending } from "./guest-pending.ts";
import type { GuestPending, PendingEntries } from "./guest-pending.ts";
import { GuestInspector } from "./guest-inspector.ts";
import { GuestQuestions } from "./guest-questions.ts";
import { GuestShutdown } from "./guest-shutdown.ts";
import { GuestStarts } from "./guest-starts.ts";
import type { StartParts } from "./guest-starts.ts";
import { LogGate } from "./log-gate.ts";
import { IsolateMeter } from "./meter.ts";
import type { EnvironmentCode } from "./modules/environment-code.ts";
import { ToHost } from "./protocol.ts";
import { RunBudget } from "./run-budget.ts";
import { Runs } from "./runs.ts";

/** What an environment consists of. */
export interface GuestParts {
  readonly pending: GuestPending;
  readonly logs: LogGate;
  readonly init: GuestInit;
  readonly shutdown: GuestShutdown;
  readonly meter: IsolateMeter;
  readonly runs: Runs;
  readonly budget: RunBudget;
  readonly inbox: GuestInbox;
  readonly end: GuestEnd;
  /** Where debuggers attach, if they may. */
  readonly inspector: GuestInspector | undefined;
  /** Where its invocations go, and where they are started. */
  readonly starts: GuestStarts;
}

/** What the parts of an environment ask of it. */
export interface GuestHooks extends Pick<StartParts, "isOpen" | "limitMs" | "run"> {
  readonly isReady: InboxParts["isReady"];
  readonly stop: InboxParts["stop"];
  /** Whether it runs no invocation: what it logs is of none. */
  readonly isAlone: () => boolean;
  readonly timer: PendingEntries["timer"];
  readonly reply: (call: number, kind: CallReplyKind, text: string) => void;
}

/** Makes the parts of the environment `id`, and has them hear what its guest says. */
export function makeGuestParts(
  id: number,
  code: EnvironmentCode,
  home: EnvironmentHome,
  initTimeoutMs: number,
  hooks: GuestHooks,
): GuestParts {
  const { generic } = code;
  const limits = code.version.definition;
  const pending = makePending(id, home, code, {
    timer: hooks.timer,
    reply: hooks.reply,
    run: (act) => hooks.run(() => act(() => hooks.limitMs(0))),
  });
  const shared = {
    generic,
    limits,
    pending,
    questions: new GuestQuestions(generic, home.assets, pending.services),
    logs: new LogGate(limits, (number, level, text) => {
      home.send([ToHost.Log, id, number, level, text, Date.now()]);
    }),
    init: new GuestInit(initTimeoutMs),
    shutdown: new GuestShutdown(),
    runs: new Runs(),
    budget: new RunBudget(),
    meter: new IsolateMeter(generic, () => pending.services.takeWorkedMs()),
  };
  const starts = new GuestStarts({ ...shared, ...hooks, environment: id, home });
  const inbox = new GuestInbox({
    ...shared,
    isReady: hooks.isReady,
    current: () => (hooks.isAlone() ? 0 : starts.current),
    finished: (number) => home.finished(number),
    next: () => starts.next(),
    stop: hooks.stop,
    wantsShutdown: () => shared.shutdown.wanted(() => home.send([ToHost.Listens, id])),
  });
  const { receive, violate, overran } = inbox;
  const { answer } = shared.questions;
  generic.own(guardCalls({ receive, answer, violate }, shared.budget, overran));
  const inspector = limits.inspect === "off" ? undefined : makeInspector(id, code, home);
  return { ...shared, inbox, starts, inspector, end: new GuestEnd({ ...shared, inbox }) };
}

function makeInspector(
  id: number,
  { generic, version }: EnvironmentCode,
  home: EnvironmentHome,
): GuestInspector {
  return new GuestInspector({
    makeSession: () => generic.makeSession(),
    definition: version.definition,
    send: (client, text) => home.send([ToHost.Inspected, id, client, text]),
  });
}
