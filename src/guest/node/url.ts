/** `node:url`: the old parser by unenv's port of Node's own, the rest over the runtime's `URL`. */
import unenv from "unenv/node/url";
import path from "node:path";
import { invalidArgType, invalidArgValue, nodeError } from "./shared/errors.ts";
import { requireObject, requireString } from "./shared/validate.ts";

declare const require: (name: string) => unknown;

/** An object of the old parser's. */
interface LegacyUrl {
  parse(url: unknown, ...options: unknown[]): void;
  resolve(relative: unknown): string;
  resolveObject(relative: unknown): LegacyUrl;
  format(this: unknown): string;
}

interface LegacyUrlClass {
  new (): LegacyUrl;
  readonly prototype: LegacyUrl;
}

const { Url } = unenv as unknown as { readonly Url: LegacyUrlClass };

/** The port's own `url.parse` writes a warning, which Node spares packages. */
function parseLegacy(url: unknown, ...options: unknown[]): LegacyUrl {
  if (url instanceof Url) return url;
  const parsed = new Url();
  parsed.parse(url, ...options);
  return parsed;
}

Url.prototype.resolve = function resolve(this: LegacyUrl, relative: unknown): string {
  return this.resolveObject(parseLegacy(relative, false, true)).format();
};

interface FileOptions {
  readonly windows?: boolean;
}

function urlOf(given: unknown): URL {
  if (typeof given === "string") return new URL(given);
  if (typeof (given as Partial<URL> | null)?.href === "string" && (given as URL).protocol)
    return given as URL;
  throw invalidArgType("path", ["string", "URL"], given);
}

function fileURLToPath(given: unknown, options?: FileOptions | null): string {
  const url = urlOf(given);
  if (url.protocol !== "file:") {
    throw nodeError(TypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file", fileURLToPath);
  }
  return options?.windows ? windowsPath(url) : posixPath(url);
}

function posixPath({ hostname, pathname }: URL): string {
  if (hostname !== "") {
    throw nodeError(
      TypeError,
      "ERR_INVALID_FILE_URL_HOST",
      'File URL host must be "localhost" or empty on linux',
      fileURLToPath,
    );
  }
  if (/%2f/i.test(pathname)) throw invalidPath("must not include encoded / characters");
  return decodeURIComponent(pathname);
}

function windowsPath({ hostname, pathname }: URL): string {
  if (/%2f|%5c/i.test(pathname)) throw invalidPath("must not include encoded \\ or / characters");
  const decoded = decodeURIComponent(pathname.replaceAll("/", "\\"));
  if (hostname !== "") return `\\\\${domainToUnicode(hostname)}${decoded}`;
  if (!/^\\[a-z]:/i.test(decoded)) throw invalidPath("must be absolute");
  return decoded.slice(1);
}

function invalidPath(why: string): Error {
  return nodeError(TypeError, "ERR_INVALID_FILE_URL_PATH", `File URL path ${why}`, fileURLToPath);
}

function fileURLToPathBuffer(given: unknown): Buffer {
  const { pathname } = urlOf(given);
  const bytes = pathname.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "%": "%25",
  "\\": "%5C",
  "\n": "%0A",
  "\r": "%0D",
  "\t": "%09",
  "?": "%3F",
  "#": "%23",
};

function pathToFileURL(given: unknown, options: FileOptions = {}): URL {
  requireString(given, "path");
  const { windows = false } = options;
  if (windows && given.startsWith("\\\\")) return uncUrl(given);
  let resolved = windows ? path.win32.resolve(given) : path.resolve(given);
  const isFolder = given.endsWith("/") || (windows && given.endsWith("\\"));
  if (isFolder && !resolved.endsWith(windows ? "\\" : "/")) resolved += "/";
  const pattern = windows ? /[%\n\r\t?#]/g : /[%\\\n\r\t?#]/g;
  const escaped = resolved.replace(pattern, (char) => ESCAPES[char] ?? char);
  return new URL(windows ? `file:///${escaped.replaceAll("\\", "/")}` : `file://${escaped}`);
}

function uncUrl(given: string): URL {
  const start = given.startsWith("\\\\?\\UNC\\") ? 8 : 2;
  const end = given.indexOf("\\", start);
  if (end < 0) throw invalidArgValue("path", given, "Missing UNC resource path");
  const url = new URL(`file://${domainToASCII(given.slice(start, end))}`);
  url.pathname = given.slice(end).replaceAll("%", "%25").replaceAll("\\", "/");
  return url;
}

/** By the runtime's own parser, which knows the rules of Unicode domains; empty for what is none. */
function domainToASCII(domain: unknown): string {
  const text = String(domain);
  if (/[/?#@:\\]/.test(text)) return "";
  return URL.parse(`ws://${text}`)?.hostname ?? "";
}

function domainToUnicode(domain: unknown): string {
  const { toUnicode } = require("node:punycode") as { toUnicode(text: string): string };
  return toUnicode(domainToASCII(domain));
}

function urlToHttpOptions(url: unknown): object {
  requireObject(url, "url");
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = url as URL;
  const options: Record<string, unknown> = {
    __proto__: null,
    ...url,
    protocol,
    hostname: typeof hostname === "string" && hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href,
  };
  if (port !== "") options["port"] = Number(port);
  if (username || password)
    options["auth"] = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

interface FormatOptions {
  readonly auth?: boolean;
  readonly fragment?: boolean;
  readonly search?: boolean;
  readonly unicode?: boolean;
}

/** As the port's own `format`, which also looks for a `URL` that it doesn't have. */
function legacyText(url: unknown): string {
  return Reflect.apply(Url.prototype.format, url, []);
}

function format(given: unknown, options?: FormatOptions): string {
  if (!(given instanceof URL)) {
    if (typeof given !== "string" && (typeof given !== "object" || given === null))
      throw invalidArgType("urlObject", ["Object", "string"], given);
    return legacyText(typeof given === "string" ? parseLegacy(given) : given);
  }
  if (options !== undefined) requireObject(options, "options");
  const url = new URL(given);
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  if (!fragment) url.hash = "";
  if (!search) url.search = "";
  if (!auth) url.username = url.password = "";
  return unicode && url.hostname !== ""
    ? url.href.replace(url.hostname, () => domainToUnicode(url.hostname))
    : url.href;
}

function global(name: string): PropertyDescriptor {
  return { get: (): unknown => Reflect.get(globalThis, name), enumerable: true, configurable: true };
}

export function create(): object {
  const parse = (url: unknown, ...options: unknown[]): unknown => {
    requireString(url, "url");
    return parseLegacy(url, ...options);
  };
  const exports = {
    Url,
    parse,
    resolve: (from: unknown, to: unknown): string => parseLegacy(from, false, true).resolve(to),
    resolveObject: (from: unknown, to: unknown): unknown =>
      from ? parseLegacy(from, false, true).resolveObject(to) : to,
    format,
    domainToASCII,
    domainToUnicode,
    pathToFileURL,
    fileURLToPath,
    fileURLToPathBuffer,
    urlToHttpOptions,
  };
  return Object.defineProperties(exports, {
    URL: global("URL"),
    URLPattern: global("URLPattern"),
    URLSearchParams: global("URLSearchParams"),
  });
}
