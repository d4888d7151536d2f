import { readThrown } from "../failures.ts";
import { CallReply } from "../../guest/contract.ts";
import type { CallReplyKind } from "../../guest/contract.ts";
import { callErrorOf, ServiceError } from "../services/service.ts";
import type { Service } from "../services/service.ts";
import type { EnvironmentCode } from "./environment-code.ts";
import { checkPath } from "./path-limit.ts";
import type { ResolveKind } from "./resolver.ts";

/** Finds and loads files for the guest's loader of modules. */
export function moduleService(code: EnvironmentCode): Service {
  const { generic, version } = code;
  const verbs: Readonly<Record<string, (argument: string) => string>> = {
    /** JSON of `[specifier, from, kind]` to JSON of `[path, format]`. */
    resolve(argument) {
      const [specifier, from, kind] = readTexts(argument);
      const { resolver } = version.modules;
      const path = resolver.resolve(
        specifier,
        from,
        kind === "import" ? "import" : ("require" satisfies ResolveKind),
      );
      return JSON.stringify([path, resolver.formatOf(path)]);
    },
    /** A folder to JSON of where `require` looks from there. */
    paths: (folder) => JSON.stringify(version.modules.resolver.lookupFolders(folder)),
    format: (path) => version.modules.resolver.formatOf(path),
    text: (path) => version.modules.text(checkPath(path)),
    script(path) {
      runScript(() => version.modules.runScript(generic, checkPath(path)));
      return "";
    },
    /** JSON of `[path, text]`. */
    compile(argument) {
      if (!code.mayEvaluate) throw evaluationDenied();
      const [path, text] = readTexts(argument);
      runScript(() => version.modules.runScript(generic, checkPath(path), text));
      return "";
    },
    /** That the namespace asked for as this id has been handed over. */
    handed(id) {
      code.modules.handed(Number(id));
      return "";
    },
    /** That what loading it has thrown has been. */
    failed(id) {
      code.modules.failed(Number(id));
      return "";
    },
    /** JSON of `[id, path]`. */
    require(argument) {
      const [id, path] = readTexts(argument);
      code.modules.requireFor(Number(id), checkPath(path));
      return "";
    },
  };
  return {
    ask(verb, argument) {
      const serve = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
      if (!serve) throw unknownVerb(verb);
      return serve(argument);
    },
    /** `import`: JSON of `[id, specifier, from]`. Done with nothing when all went well, else with JSON of what was thrown. */
    open(verb, argument, reply) {
      if (verb !== "import") throw unknownVerb(verb);
      const [id, specifier, from] = readTexts(argument);
      const answer = (kind: CallReplyKind, text: string): void => void setImmediate(() => reply(kind, text));
      const done = (failure: string): void => answer(CallReply.Done, failure);
      const failed = (error: unknown): void => {
        if (!(error instanceof ServiceError)) throw error;
        answer(CallReply.Failed, JSON.stringify(callErrorOf(error)));
      };
      code.runLater((limitMs) => {
        try {
          const loading = code.modules.importFor(Number(id), specifier, from, limitMs);
          if (typeof loading !== "string") return loading.then(done, failed);
          done(loading);
        } catch (error) {
          failed(error);
        }
        return undefined;
      });
      return { end: () => undefined };
    },
  };
}

function unknownVerb(verb: string): ServiceError {
  return new ServiceError(
    "Error",
    `This runtime has no operation module.${verb}.`,
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
}

/** Whatever a guest has made of its own refusal. */
function evaluationDenied(): ServiceError {
  return new ServiceError(
    "EvalError",
    "Code generation from strings is not allowed once the function has loaded: grant it with permissions: { eval: true }.",
    "ERR_ACCESS_DENIED",
  );
}

/** What compiling throws is the file's fault. */
function runScript(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError("SyntaxError", readThrown(error).message);
  }
}

function readTexts(argument: string): [string, string, string] {
  const [first = "", second = "", third = ""] = (JSON.parse(argument) as unknown[]).map(String);
  return [first, second, third];
}
