/** What `node:util` does with text: `debuglog`, `styleText`, `parseEnv`. */
import type { AnyFunction } from "../shared/errors.ts";
import { invalidArgType } from "../shared/errors.ts";
import { requireBoolean, requireObject, requireOneOf, requireString } from "../shared/validate.ts";

type Format = (...args: unknown[]) => string;

/** A logger for sections that NODE_DEBUG names, `*` being any text. */
export function debuglogWith(format: Format): (section: string, ready?: AnyFunction) => object {
  return (section, ready) => {
    const name = section.toUpperCase();
    let enabled: boolean | undefined;
    let told = false;
    const isEnabled = (): boolean => (enabled ??= isNamed(name));
    const log = (...args: unknown[]): void => {
      if (!isEnabled()) return;
      if (!told && typeof ready === "function") (ready as (log: unknown) => void)(log);
      told = true;
      process.stderr.write(`${name} ${process.pid}: ${format(...args)}\n`);
    };
    return Object.defineProperty(log, "enabled", { get: isEnabled, configurable: true, enumerable: true });
  };
}

function isNamed(section: string): boolean {
  const named = process.env["NODE_DEBUG"];
  if (!named) return false;
  return named.split(",").some((item) => {
    const parts = item
      .trim()
      .split("*")
      .map((part) => part.replace(/[|\\{}()[\]^$+?.]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(section);
  });
}

interface StyleOptions {
  readonly validateStream?: unknown;
  readonly stream?: unknown;
}

type Colors = Readonly<Record<string, readonly [number, number]>>;

export function styleTextWith(colors: () => Colors) {
  return (format: unknown, text: unknown, options: StyleOptions = {}): string => {
    const { validateStream = true, stream = process.stdout } = options;
    requireString(text, "text");
    requireObject(options, "options");
    requireBoolean(validateStream, "options.validateStream");
    const formats = (Array.isArray(format) ? format : [format]) as unknown[];
    if (validateStream && (typeof stream !== "object" || stream === null || !("write" in stream)))
      throw invalidArgType("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
    const known = colors();
    for (const name of formats) if (name !== "none") requireOneOf(name, "format", Object.keys(known));
    if (validateStream && !wantsColor(stream as { readonly isTTY?: boolean })) return text;
    return formats.reduceRight<string>((styled, name) => {
      const codes = known[name as string];
      if (!codes) return styled;
      const [open, close] = codes.map((code) => `\u001b[${code}m`) as [string, string];
      // What was styled within goes on as this one.
      const end = styled.endsWith(close) ? styled.length - close.length : styled.length;
      return open + styled.slice(0, end).replaceAll(close, open) + styled.slice(end) + close;
    }, text);
  };
}

function wantsColor(stream: { readonly isTTY?: boolean }): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, NODE_DISABLE_COLORS: disabled } = process.env;
  if (forced !== undefined) return ["", "1", "2", "3", "true"].includes(forced);
  return stream.isTTY === true && none === undefined && disabled === undefined;
}

const LINE =
  /^\s*(?:export\s+)?([\w.-]+)\s*=[ \t]*("(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`|[^#\r\n]*)?[ \t]*(?:#.*)?$/gm;

/** The variables of a `.env` file. */
export function parseEnv(content: unknown): Record<string, string> {
  requireString(content, "content");
  const found: Record<string, string> = {};
  for (const [, name = "", given = ""] of content.replace(/\r\n?/g, "\n").matchAll(LINE)) {
    const text = given.trim();
    const quote = /^(["'`])([^]*)\1$/.exec(text);
    const value = quote?.[2] ?? text;
    found[name] = quote?.[1] === '"' ? value.replaceAll("\\n", "\n") : value;
  }
  return found;
}
