/**
 * The guest runtime: evaluated once in every isolate, before user code. It leaves one global behind, which the cell
 * takes and deletes; from then on it is reached only by the entries that `boot` returns.
 */
import { BOOT_GLOBAL, BUILTIN_GLOBAL, GuestMessage, LOADED_GLOBAL, MODULES_GLOBAL } from "../contract.ts";
import type { GuestEntries, GuestFacts, GuestRejection } from "../contract.ts";
import { failureText, setErrorBytes } from "./failures.ts";
import { installGlobals } from "./globals/index.ts";
import { resolveHandler } from "./handler.ts";
import { guardedPort } from "./host.ts";
import type { HostPort } from "./host.ts";
import { Invocations } from "./invocations.ts";
import { loadMain, runCommonJs } from "./modules.ts";
import { NextInvocations } from "./next.ts";
import { arrayJoin, jsonParse, objectKeys, objectDefineProperty, record } from "./primordials.ts";

function boot(send: HostPort["send"], ask: HostPort["ask"]): GuestEntries {
  const host = guardedPort({ send, ask });
  let facts: GuestFacts | undefined;
  let invocations: Invocations | undefined;
  const next = new NextInvocations((number, requestId, deadlineMs, payload, extras) => {
    globals.setCurrentRequest(requestId);
    globals.resetContext();
    invocations?.start(number, requestId, deadlineMs, payload, extras);
    globals.runTicks();
  });
  const globals = installGlobals(host, {
    reportUncaught: (thrown) => host.send(GuestMessage.Uncaught, 0, failureText(thrown)),
    onExit: (code) => host.send(GuestMessage.Exit, code, ""),
  });

  let hasSaid = false;
  /** Says that it wants to be told of its end, once it does. */
  const listens = (): void => {
    if (hasSaid || !globals.listensForEnd()) return;
    hasSaid = true;
    host.send(GuestMessage.Listens, 0, "");
  };

  const loaded = (exports: unknown): void => {
    if (!facts || invocations) return;
    try {
      const handler = resolveHandler(
        exports,
        facts.handler,
        facts.runtime === "nodejs22.x",
        globals.webHandler,
      );
      invocations = new Invocations(host, facts, handler, { ...globals, listens }, next);
    } catch (thrown) {
      host.send(GuestMessage.InitFailed, 0, failureText(thrown));
      return;
    }
    globals.closeLoading();
    listens();
    host.send(GuestMessage.InitDone, 0, "");
  };
  return {
    configure(factsText, logStreamName) {
      facts = { ...(jsonParse(factsText) as GuestFacts), logStreamName };
      setErrorBytes(facts.errorBytes);
      globals.grant(facts.permissions);
      globals.setEnvironment({ ...facts.environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName });
      globals.setRuntime(facts.runtime, facts.filename);
      globals.setLogFormat(facts.logFormat);
      if (facts.isInspected) globals.tellDebuggers();
      if (facts.tracksContext) globals.trackContext();
      if (facts.followsRejections) globals.followPromises();
      if (facts.usesImports) globals.defineImports(facts.filename);
    },
    builtinNames: (name) => exportedNames(globals.requireBuiltin(name)),
    builtin: globals.requireBuiltin,
    exposeToModules() {
      expose(LOADED_GLOBAL, loaded);
      expose(BUILTIN_GLOBAL, globals.requireBuiltin);
      expose(MODULES_GLOBAL, globals.loader);
    },
    loaded,
    loadCommonJs(wrapper) {
      if (!facts) return;
      let exports: unknown;
      try {
        exports = facts.hasFiles
          ? loadMain(globals.loader(), facts.filename, wrapper)
          : runCommonJs(wrapper, globals.require, facts);
      } catch (thrown) {
        if (!globals.isExitUnwind(thrown)) host.send(GuestMessage.InitFailed, 0, failureText(thrown));
        return;
      }
      loaded(exports);
      globals.runTicks();
    },
    invoke: next.start,
    timer(id) {
      globals.resetContext();
      globals.fireTimer(id);
      globals.runTicks();
    },
    reply(id, kind, text) {
      globals.resetContext();
      globals.reply(id, kind, text);
      globals.runTicks();
    },
    shutdown() {
      globals.tellEnd();
      globals.runTicks();
    },
    rejected(rejectionText) {
      const handled = globals.rejected(jsonParse(rejectionText) as GuestRejection);
      globals.runTicks();
      return handled;
    },
    idle() {
      if (!globals.tellIdle()) invocations?.idle();
    },
  };
}

function exportedNames(builtin: unknown): string {
  if ((typeof builtin !== "object" || builtin === null) && typeof builtin !== "function") return "";
  return arrayJoin(objectKeys(builtin), ",");
}

/** Puts a global there for the cell to take; configurable, so that it can be deleted again. */
function expose(name: string, value: unknown): void {
  objectDefineProperty(globalThis, name, record({ value, configurable: true }));
}

expose(BOOT_GLOBAL, boot);
