import type { KnownTexts } from "../../chunks/known-texts.ts";
import {
  append,
  globalObject,
  objectDefineProperty,
  objectGetPrototypeOf,
  record,
  reflectDefineProperty,
  reflectGet,
  regExpExec,
  stringIncludes,
} from "../primordials.ts";
import { defineGlobal } from "./define.ts";
import { withCode } from "./errors.ts";

const SafeEvalError = EvalError;
const { construct } = Reflect;
const { setPrototypeOf } = Object;

/** A function of each kind: their prototypes hold the constructors that make such functions from texts. */
const KINDS = [
  (): void => undefined,
  async (): Promise<void> => undefined,
  function* (): Generator<void> {
    yield;
  },
  async function* (): AsyncGenerator<void> {
    yield;
  },
];

/** What the runtime does about code that is made of texts. */
export interface Evaluation {
  /** It is granted: the language's own come back. */
  grant(): void;
  /** User code has loaded: from now on there is none that isn't granted. */
  close(): void;
}

interface EvaluationPorts {
  /** Something was refused. */
  readonly denied: () => void;
  /** Something that needs the grant was done. */
  readonly used: () => void;
  /** What stands for texts that packages are known to make functions of: nothing is compiled for them. */
  readonly known: () => KnownTexts;
}

/**
 * Has code made of texts only while user code loads, when no event has been seen, unless it is granted: `eval`, and the four
 * constructors of functions, which are reached by their global or by the prototype of any function, and in no third way. In
 * their place stand others that look whether they may. Of these `eval` sees no local variables.
 */
export function guardEvaluation(ports: EvaluationPorts): Evaluation {
  const evaluate = reflectGet(globalObject, "eval") as (text: unknown) => unknown;
  const originals: FunctionConstructor[] = [];
  const gate: Gate = { ...ports, isLoading: true, refuse };
  let parent: object | undefined;
  for (let index = 0; index < KINDS.length; index++) {
    const prototype = objectGetPrototypeOf(KINDS[index]) as object;
    const original = reflectGet(prototype, "constructor") as FunctionConstructor;
    const guarded = guardedConstructor(original, parent, gate);
    descriptor.value = guarded;
    reflectDefineProperty(prototype, "constructor", descriptor);
    append(originals, original);
    if (index > 0) continue;
    parent = guarded;
    defineGlobal("Function", guarded);
  }
  defineGlobal("eval", guardedEval(evaluate, gate));

  function refuse(): never {
    ports.denied();
    const message =
      "Code generation from strings is not allowed once the function has loaded: grant it with permissions: { eval: true }.";
    throw withCode(new SafeEvalError(message), "ERR_ACCESS_DENIED");
  }

  return {
    grant() {
      for (let index = 0; index < originals.length; index++) {
        const original = originals[index] as FunctionConstructor;
        const counting = index === 0 ? countingOf(original, gate) : original;
        setConstructor(original.prototype, counting);
        if (index === 0) defineGlobal("Function", counting);
      }
      giveEval(evaluate, ports.used);
    },
    close() {
      gate.isLoading = false;
    },
  };
}

interface Gate extends EvaluationPorts {
  isLoading: boolean;
  readonly refuse: () => never;
}

/** As the original looks, but that it may refuse. */
function guardedConstructor(original: FunctionConstructor, parent: object | undefined, gate: Gate): object {
  const isPlain = parent === undefined;
  const guarded = function (...args: unknown[]): unknown {
    const mayBeKnown = isPlain && (!gate.isLoading || imports(args));
    const known = mayBeKnown ? gate.known().functionOf(args) : undefined;
    if (known) return known;
    if (!gate.isLoading || isProbe(args)) return gate.refuse();
    // Undefined when it is called without `new`, which its type doesn't say.
    const target = new.target as typeof original | undefined;
    return construct(original, args, target ?? original) as unknown;
  };
  descriptor.value = original.name;
  reflectDefineProperty(guarded, "name", descriptor);
  descriptor.value = 1;
  reflectDefineProperty(guarded, "length", descriptor);
  objectDefineProperty(
    guarded,
    "prototype",
    record({ value: original.prototype, writable: false, enumerable: false, configurable: false }),
  );
  if (parent) setPrototypeOf(guarded, parent);
  return guarded;
}

/** Functions that do nothing: made to learn whether others can be made, maybe later. Zod, ArkType and msgpackr do without. */
const PROBE = /^\s*(?:null|return(?: (?:true|false))?)?;?\s*$/;

function isProbe(args: readonly unknown[]): boolean {
  return args.length === 1 && typeof args[0] === "string" && regExpExec(PROBE, args[0]) !== null;
}

/** An isolate's own `import()` leads nowhere. */
function imports(args: readonly unknown[]): boolean {
  const body = args[args.length - 1];
  return typeof body === "string" && stringIncludes(body, "import(");
}

/** What isn't a text is its own value, as ever. A text is code of the global scope. */
function guardedEval(evaluate: (text: unknown) => unknown, gate: Gate): (text: unknown) => unknown {
  return {
    eval(text: unknown): unknown {
      if (typeof text !== "string" || gate.isLoading) return evaluate(text);
      return gate.known().isGlobalObject(text) ? globalObject : gate.refuse();
    },
  }.eval;
}

function countingOf(original: FunctionConstructor, gate: Gate): object {
  return new Proxy(
    original,
    record<ProxyHandler<FunctionConstructor>>({
      apply: (target, _self, args: unknown[]) => {
        if (!gate.isLoading) gate.used();
        return construct(target, args) as unknown;
      },
      construct: (target, args: unknown[], newTarget) => {
        if (!gate.isLoading) gate.used();
        return construct(target, args, newTarget) as object;
      },
    }),
  );
}

/** The very function of the language's, without which a direct call sees no local variables. It is used when it is read. */
function giveEval(evaluate: unknown, used: () => void): void {
  reflectDefineProperty(
    globalObject,
    "eval",
    record({
      enumerable: false,
      configurable: true,
      get: (): unknown => {
        used();
        defineGlobal("eval", evaluate);
        return evaluate;
      },
      set: (value: unknown): void => defineGlobal("eval", value),
    }),
  );
}

function setConstructor(prototype: object, value: unknown): void {
  define(prototype, "constructor", value);
}

/** One for all, and it leaves alone whether a property may be written. */
const descriptor = record<PropertyDescriptor>({ value: undefined, enumerable: false, configurable: true });

function define(owner: object, name: string, value: unknown): void {
  descriptor.value = value;
  reflectDefineProperty(owner, name, descriptor);
  descriptor.value = undefined;
}
