import type { TransformOptions } from "esbuild";

/** What code is lowered for. */
export interface Tracking {
  /** It uses `node:async_hooks`. */
  readonly tracksContext: boolean;
  /** It listens for rejections: its listeners get promises, and nobody sees those of native `async` functions. */
  readonly followsRejections: boolean;
}

/** What a function's texts, some or all of them, need. */
export function trackingOf(texts: readonly string[]): Tracking {
  return {
    tracksContext: texts.some((text) => USES_CONTEXT.test(text)),
    followsRejections: texts.some((text) => NAMES_REJECTIONS.test(text)),
  };
}

/** Whether code needs {@link lowerAsync}. */
export function needsLowering({ tracksContext, followsRejections }: Tracking): boolean {
  return tracksContext || followsRejections;
}

/** Words that code has in it that uses `node:async_hooks`, or a package that does. */
const USES_CONTEXT = /async_hooks|AsyncLocalStorage|AsyncResource/;

const NAMES_REJECTIONS =
  /\.(?:on|once|addListener|prependListener|prependOnceListener)\(\s*["'`](?:unhandledRejection|rejectionHandled)["'`]/;

/** Code and the JSON of its source map. */
export interface LoweredCode {
  readonly source: string;
  readonly sourceMap: string;
}

/** What code is lowered from. */
export interface AsyncCode {
  readonly source: string;
  /** JSON of the map from `source` to what the user wrote, if it was bundled. */
  readonly sourceMap: string | undefined;
  /** Path of the file that traces are to name, relative to the function's folder. */
  readonly file: string;
}

/** Five operators in the place of a top-level `await`, of the same length and grammar, which nobody writes. */
const STAND_IN = "~~~~~";

type Supported = NonNullable<TransformOptions["supported"]>;

const LOWERED: Supported = {
  "async-await": false,
  "async-generator": false,
  "for-await": false,
};

/**
 * Rewrites `async` functions as generators that wait by `then`: V8 tells nobody of a native `await`, so that contexts of
 * `node:async_hooks` would be lost there. Top-level `await` stays; where it is of a kind that esbuild can't leave (`for await`
 * outside a function) only generators and loops are rewritten. Code that can't be parsed is given back as it is: compiling it
 * says why.
 */
export async function lowerAsync(code: AsyncCode): Promise<LoweredCode | undefined> {
  const { transform } = await import("esbuild");
  const attempt = async (source: string, supported: Supported): Promise<Attempt> => {
    try {
      const { code: text, map } = await transform(withMap(source, code.sourceMap), {
        loader: "js",
        target: "esnext",
        supported,
        sourcefile: code.file,
        sourcemap: "external",
        sourcesContent: false,
        logLevel: "silent",
      });
      return { source: askingHere(text).replace(EMPTY, asBefore), sourceMap: map };
    } catch (error) {
      return { awaits: topLevelAwaits(error) };
    }
  };

  const first = await attempt(code.source, LOWERED);
  if (!("awaits" in first)) return first;
  if (first.awaits.length === 0 || code.source.includes(STAND_IN)) return undefined;
  const second = await attempt(withoutAwaits(code.source, first.awaits), LOWERED);
  if (!("awaits" in second)) return { ...second, source: second.source.replaceAll(STAND_IN, "await ") };
  const third = await attempt(code.source, { "async-generator": false, "for-await": false });
  return "awaits" in third ? undefined : third;
}

/** What esbuild's helper does with what an `async` function returns. */
const RETURNED = /^(var __async = [^]{0,500}?\b(\w+)\.done \? )resolve\(\2\.value\)/m;

/**
 * Has functions that were `async` still say that they are: packages ask for the tag to tell what gives a promise. On the
 * helper's line, so that no line moves under the source map.
 */
const TAG =
  String.raw`Object.getOwnPropertyDescriptor(Function.prototype, Symbol.toStringTag) || Object.defineProperty(Function.prototype, Symbol.toStringTag, {
  configurable: true,
  get() { return typeof this === "function" && /^(?:(?!=>).)*(?:=> |\{\n\s*return )__async\d*\(/.test(Function.prototype.toString.call(this)) ? "AsyncFunction" : void 0; },
  set(value) { Object.defineProperty(this, Symbol.toStringTag, { configurable: true, enumerable: true, writable: true, value }); },
}); `.replaceAll("\n", "");

/** Has a thenable that is returned asked in its context, as `Promise.resolve` does and the language alone would not. */
function askingHere(text: string): string {
  return text.replace(
    RETURNED,
    (_all, head: string, step: string) =>
      `${TAG}${head}resolve(${step}.value && ${step}.value.then && !(${step}.value instanceof Promise) ? Promise.resolve(${step}.value) : ${step}.value)`,
  );
}

/** An async generator that does nothing: code makes it to get at the prototypes of such, which esbuild's don't have. */
const EMPTY = /\bfunction\(\) \{\s*return __asyncGenerator\d*\(this, null, function\* ?\(\) \{\s*\}\);\s*\}/g;

/** Of as many lines, as the source map counts them. */
function asBefore(lowered: string): string {
  return `async function* () {${"\n".repeat(lowered.split("\n").length - 1)}}`;
}

type Attempt = LoweredCode | { readonly awaits: readonly Place[] };

interface Place {
  readonly line: number;
  /** In UTF-8 bytes. */
  readonly column: number;
}

function withMap(source: string, sourceMap: string | undefined): string {
  // A map that the code was shipped with is applied to what this one gives.
  if (sourceMap === undefined) return source.replace(/(?<=^|\n)\/\/[#@][ \t]*sourceMappingURL=\S*\s*$/, "");
  const url = `data:application/json;base64,${Buffer.from(sourceMap).toString("base64")}`;
  return `${source}\n//# sourceMappingURL=${url}`;
}

/** Where esbuild found top-level `await`s that it can't lower; none when that isn't all that is wrong. */
function topLevelAwaits(error: unknown): readonly Place[] {
  const { errors = [] } = error as { errors?: { text: string; location: Place | null }[] };
  const places = errors.map(({ text, location }) => (text.startsWith("Top-level await") ? location : null));
  return places.includes(null) ? [] : (places as Place[]);
}

function withoutAwaits(source: string, places: readonly Place[]): string {
  const lines = source.split("\n").map((line) => Buffer.from(line));
  for (const { line, column } of places) lines[line - 1]?.write(STAND_IN, column);
  return lines.map((line) => line.toString()).join("\n");
}
