/** Code that packages hand to a direct `eval`, which sees their local variables, and the same code written out. */
interface SpelledOut {
  /** Occurs in every text that has it. */
  readonly sign: string;
  /** What is evaluated, as {@link evaluatedBy} reads it. */
  readonly evaluated: string;
  readonly code: string;
}

const KNOWN: readonly SpelledOut[] = [
  {
    // depd 1: a function with as many parameters as the deprecated one has.
    sign: "log.call(deprecate, message, site)",
    evaluated:
      '(function (${args}) {\n"use strict"\nlog.call(deprecate, message, site)\nreturn fn.apply(this, arguments)\n})',
    code:
      'Object.defineProperty(function () { "use strict"; log.call(deprecate, message, site); ' +
      'return fn.apply(this, arguments); }, "length", { value: fn.length, configurable: true })',
  },
  {
    // @protobufjs/inquire: a `require` that bundlers don't see.
    sign: '"quire"',
    evaluated: "require",
    code: "require",
  },
];

/** A direct call with texts, names and the one regular expression. */
const CALL =
  /(?<![.\w$])eval\(((?:"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`|\.replace\(\/\^\/, ?"re"\)|[\w\s+])*)\)/g;

const PIECE = /"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|`((?:[^`\\]|\\[^])*)`|(\w+)/g;

/** How `"quire".replace(/^/,"re")` is read. */
const HIDDEN = /^\s*"quire"\.replace\(\/\^\/, ?"re"\)\s*$/;

/**
 * Writes out what a few packages evaluate that Express, Koa and gRPC are made of, so that they need no grant. No line moves,
 * and the code does what was evaluated.
 */
export function spellOut(source: string): string {
  const known = KNOWN.filter(({ sign }) => source.includes(sign));
  if (known.length === 0) return source;
  return source.replace(CALL, (call, argument: string) => {
    const evaluated = evaluatedBy(argument);
    const found = known.find((one) => one.evaluated === evaluated);
    return found ? found.code + "\n".repeat(call.split("\n").length - 1) : call;
  });
}

/** The text that an expression of texts and names makes, a name as `${name}`. */
function evaluatedBy(argument: string): string {
  if (HIDDEN.test(argument)) return "require";
  return Array.from(argument.matchAll(PIECE), ([, double, single, template, name]) =>
    name === undefined ? unescaped(double ?? single ?? template ?? "") : `\${${name}}`,
  ).join("");
}

function unescaped(text: string): string {
  return text.replace(/\\([^])/g, (_all, after: string) => (after === "n" ? "\n" : after));
}
