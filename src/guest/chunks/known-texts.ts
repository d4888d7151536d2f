/**
 * Texts that packages everywhere make functions of, and the functions they stand for: nothing is compiled from a text. Each is
 * known to the letter.
 */
import {
  globalObject,
  reflectApply,
  reflectDefineProperty,
  record,
  regExpExec,
  arrayJoin,
  stringSplit,
} from "../runtime/primordials.ts";

/** `import()` as the user's module has it. */
export type Importer = (specifier: unknown) => unknown;

export interface KnownTexts {
  /** The function that parameters and a body stand for, if they are known. */
  functionOf(args: readonly unknown[]): unknown;
  /** Whether a script gives the global object and nothing else. */
  isGlobalObject(text: string): boolean;
}

type Anything = (...args: never[]) => unknown;

/** How libraries get the global object. */
const THIS = /^\s*(?:["']use strict["'];?\s*)?return this;?\s*$/;
const STRICT = /["']use strict["']/;
const GLOBAL_SCRIPT = /^\s*this;?\s*$/;

/** How CommonJS that a compiler made gets at an `import()` that the compiler leaves alone. */
const IMPORT = /^\s*return import\(\s*([A-Za-z_$][\w$]*)\s*\);?\s*$/;

/** How `regenerator-runtime` defines its global in strict code. */
const REGENERATOR = "regeneratorRuntime = r";

/** How `depd` wraps a deprecated function, with as many parameters as that one has. */
const DEPRECATED_PARAMETERS = "fn,log,deprecate,message,site";
const DEPRECATED =
  /^"use strict"\nreturn function \(((?:arg\d+(?:, arg\d+)*)?)\) \{log\.call\(deprecate, message, site\)\nreturn fn\.apply\(this, arguments\)\n\}$/;

export function createKnownTexts(importer: Importer): KnownTexts {
  return {
    functionOf(args) {
      const texts = textsOf(args);
      if (!texts || texts.length === 0) return undefined;
      const body = texts[texts.length - 1] as string;
      texts.length -= 1;
      const parameters = arrayJoin(texts, ",");
      if (parameters === "" && regExpExec(THIS, body)) return thisOf(regExpExec(STRICT, body) !== null);
      if (parameters === DEPRECATED_PARAMETERS) return wrapperOf(regExpExec(DEPRECATED, body));
      if (parameters === "r" && body === REGENERATOR) return defineRegenerator;
      return regExpExec(IMPORT, body)?.[1] === parameters
        ? named((specifier: unknown) => importer(specifier), 1)
        : undefined;
    },
    isGlobalObject: (text) => regExpExec(GLOBAL_SCRIPT, text) !== null,
  };
}

/** Undefined when one isn't a text: reading it would be the user's code. */
function textsOf(args: readonly unknown[]): string[] | undefined {
  const texts: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const text = args[index];
    if (typeof text !== "string") return undefined;
    reflectDefineProperty(
      texts,
      index,
      record({ value: text, writable: true, enumerable: true, configurable: true }),
    );
  }
  return texts;
}

function thisOf(isStrict: boolean): Anything {
  return named(function (this: unknown): unknown {
    if (isStrict || (typeof this === "object" && this !== null) || typeof this === "function") return this;
    return this === undefined || this === null ? globalObject : (globalObject.Object(this) as unknown);
  }, 0);
}

function defineRegenerator(value: unknown): unknown {
  return ((globalObject as unknown as Record<string, unknown>)["regeneratorRuntime"] = value);
}

function wrapperOf(match: RegExpExecArray | null): unknown {
  if (!match) return undefined;
  const count = match[1] === "" ? 0 : stringSplit(match[1] as string, ",").length;
  return named(
    (wrapped: Anything, log: Anything, deprecate: unknown, message: unknown, site: unknown): unknown =>
      counting(function (this: unknown, ...args: never[]): unknown {
        reflectApply(log, deprecate, [message, site]);
        return reflectApply(wrapped, this, args);
      }, count),
    5,
  );
}

/** As functions made of texts are called. */
function named(made: Anything, count: number): Anything {
  reflectDefineProperty(made, "name", record({ value: "anonymous", configurable: true }));
  return counting(made, count);
}

function counting(made: Anything, count: number): Anything {
  reflectDefineProperty(made, "length", record({ value: count, configurable: true }));
  return made;
}
