import {
  globalObject,
  objectDefineProperty,
  objectGetPrototypeOf,
  record,
  reflectDefineProperty,
  reflectGet,
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

/**
 * Takes away what makes code from texts: `eval`, and the four constructors of functions, which are reached by their
 * global or by the prototype of any function, and in no third way. In their place stand others that throw; what is
 * granted comes back, which `used` is told of when it is used.
 */
export function removeEvaluation(denied: () => void, used: () => void): () => void {
  const evaluate: unknown = reflectGet(globalObject, "eval");
  const restore: (() => void)[] = [];
  const refuse = (): never => {
    denied();
    const message = "Code generation from strings is not allowed: grant it with permissions: { eval: true }.";
    throw withCode(new SafeEvalError(message), "ERR_ACCESS_DENIED");
  };
  let parent: object | undefined;
  for (let index = 0; index < KINDS.length; index++) {
    const prototype = objectGetPrototypeOf(KINDS[index]) as object;
    const original = reflectGet(prototype, "constructor") as FunctionConstructor;
    const refusing = constructorOf(original, parent, refuse);
    setConstructor(prototype, refusing);
    if (index === 0) {
      parent = refusing;
      defineGlobal("Function", refusing);
    }
    restore[index] = () => {
      const counting = index === 0 ? countingOf(original, used) : original;
      setConstructor(prototype, counting);
      if (index === 0) defineGlobal("Function", counting);
    };
  }
  defineGlobal("eval", evaluationOf(refuse));
  return () => {
    for (let index = 0; index < restore.length; index++) restore[index]?.();
    giveEval(evaluate, used);
  };
}

/** As the original looks, but that it refuses. */
function constructorOf(
  original: FunctionConstructor,
  parent: object | undefined,
  refuse: () => never,
): object {
  const refusing = function (): never {
    return refuse();
  };
  define(refusing, "name", original.name);
  define(refusing, "length", 1);
  objectDefineProperty(
    refusing,
    "prototype",
    record({ value: original.prototype, writable: false, enumerable: false, configurable: false }),
  );
  if (parent) setPrototypeOf(refusing, parent);
  return refusing;
}

/** What isn't a text is its own value, as ever. */
function evaluationOf(refuse: () => never): (text: unknown) => unknown {
  return { eval: (text: unknown): unknown => (typeof text === "string" ? refuse() : text) }.eval;
}

function countingOf(original: FunctionConstructor, used: () => void): object {
  return new Proxy(
    original,
    record<ProxyHandler<FunctionConstructor>>({
      apply: (target, _self, args: unknown[]) => {
        used();
        return construct(target, args) as unknown;
      },
      construct: (target, args: unknown[], newTarget) => {
        used();
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

function define(owner: object, name: string, value: unknown): void {
  reflectDefineProperty(owner, name, record({ value, enumerable: false, configurable: true }));
}
