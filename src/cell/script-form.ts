/**
 * An ES module as a script: isolated-vm takes code caches for scripts only, and compiling is most of what loading a large
 * module takes. Nothing but the module's own `import` and `export` statements is touched, and no line or column moves.
 */

/** One name that a module imports of a built-in. */
interface ImportedName {
  readonly name: string;
  readonly specifier: string;
}

/** What a module's text becomes, if it can be told from the text: {@link isFaithful} tells whether it is right. */
export interface ScriptForm {
  /** A function expression that is given the built-ins, by name, and what takes its exports. */
  readonly text: string;
  /** Characters that stand before the module's own text. */
  readonly headLength: number;
  /** Names it exports, or some of them. */
  readonly exported: ReadonlySet<string>;
  readonly imported: readonly ImportedName[];
  /** Where the statements begin that were taken out of the module's text. */
  readonly places: readonly number[];
}

/** Parameters of a script form's function: gives a built-in's exports by its name; takes the module's exports. */
const IMPORT = "$isoletImport";
const LOADED = "$isoletLoaded";

/** A module that has this in it may mean something else by it. */
const OWN_NAMES = "$isolet";

/** Statements where people and bundlers put them: those of another form, or elsewhere, make a module stay one. */
const STATEMENT = new RegExp(
  [
    // import name, { list } from "specifier"; the first two, or all but the specifier, may be missing. One after the other.
    /(?:^|(?<=^(?:import[^;\n]*;)+))import ?(?:(?<whole>[\w$]+)(?:, ?| (?=from)))?(?:\{(?<taken>[^{}]*)\} ?)?(?:from ?)?(?<quote>["'])(?<specifier>[\w:/@.-]+)\k<quote>;?/,
    // export { list }; with its semicolon, or at the end: else "from" may follow. Minified, it ends a line of others.
    /^export ?\{(?<given>[^{}]*)\}(?:;|\s*$(?![^]))/,
    /(?<=[;}])export ?\{(?<last>[^{}]*)\}(?:;[ \t]*$|\s*$(?![^]))/,
    // export before a declaration.
    /^export (?=(?:const|let|var|class|(?:async )?function\*?) (?<declared>[\w$]+))/,
  ]
    .map(({ source }) => `(?:${source})`)
    .join("|"),
  "gm",
);

/** Most statements of a form: each takes a compile to look at. */
const STATEMENT_LIMIT = 12;

/** The script form of an ES module; undefined when it has none. */
export function scriptFormOf(source: string): ScriptForm | undefined {
  if (source.includes(OWN_NAMES)) return undefined;
  const parts = new FormParts();
  let body = "";
  let end = 0;
  for (const match of source.matchAll(STATEMENT)) {
    if (parts.places.length === STATEMENT_LIMIT || !parts.add(match)) return undefined;
    body += source.slice(end, match.index) + blank(match[0]);
    end = match.index + match[0].length;
  }
  if (parts.places.length === 0) return undefined;
  const head = `(function (${IMPORT}, ${LOADED}) { "use strict"; ${parts.imports()}`;
  const text = `${head}${(body + source.slice(end)).replace(/^#!/, "//")}\n;${parts.exports()}})`;
  const { exported, imported, places } = parts;
  return { text, headLength: head.length, exported, imported, places };
}

/** Ends the statement before, as the one that stood there did, and keeps every line where it is. */
function blank(statement: string): string {
  return `;${statement.slice(1).replace(/[^\n\r\u2028\u2029]/g, " ")}`;
}

/** What the statements of a module say. */
class FormParts {
  readonly exported = new Set<string>();
  readonly imported: ImportedName[] = [];
  readonly places: number[] = [];
  readonly #imports: string[] = [];
  readonly #exports: string[] = [];

  /** False when a statement says something that a script form doesn't have. */
  add({ index, groups = {} }: RegExpExecArray): boolean {
    const { whole, taken, specifier, last, given = last, declared } = groups;
    this.places.push(index);
    if (declared !== undefined) return this.#export(declared, declared);
    if (specifier === undefined) return namesIn(given ?? "", (local, name) => this.#export(local, name));
    if (whole !== undefined || !taken?.trim()) this.#import("default", whole, specifier);
    return namesIn(taken ?? "", (name, local) => this.#import(name, local, specifier));
  }

  imports(): string {
    return this.#imports.join(" ");
  }

  exports(): string {
    return `${LOADED}({ __proto__: null, ${this.#exports.join(", ")} });`;
  }

  /** Without a local name it is imported only to be there. */
  #import(name: string, local: string | undefined, specifier: string): boolean {
    this.imported.push({ name, specifier });
    const from = `${IMPORT}(${JSON.stringify(specifier)})`;
    const value = name === "default" ? from : `${from}.${name}`;
    this.#imports.push(local === undefined ? `${value};` : `const ${local} = ${value};`);
    return true;
  }

  #export(local: string, name: string): boolean {
    this.exported.add(name);
    this.#exports.push(`${name}: ${local}`);
    return name !== "__proto__";
  }
}

/** Tells each `name as other` of a list, or `name` as both. False when the list has something else in it. */
function namesIn(list: string, tell: (name: string, other: string) => boolean): boolean {
  return list
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .every((item) => {
      const [, name = "", other = name] = /^([\w$]+)(?: as ([\w$]+))?$/.exec(item) ?? [];
      return name !== "" && tell(name, other);
    });
}

/** Compiles a text as a module or as a script, and says whether that went well. */
export type TryCompile = (text: string, format: "esm" | "commonjs") => boolean;

/**
 * Whether `form` does what the module `source`, which compiles, does. V8 itself tells: a text that only looks like a
 * statement, in a string or a comment, still compiles with its first letter replaced; and what a script understands in
 * another way than a module, such as `await`, doesn't compile as a function in a module.
 */
export function isFaithful(source: string, form: ScriptForm, compiles: TryCompile): boolean {
  const isCode = (place: number): boolean =>
    !compiles(`${source.slice(0, place)})${source.slice(place + 1)}`, "esm");
  return form.places.every(isCode) && compiles(form.text, "esm") && compiles(form.text, "commonjs");
}
