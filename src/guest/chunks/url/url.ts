import type { UrlParser, UrlParts } from "../../runtime/globals/url.ts";
import { type Inspect, inspectKey, type InspectOptions } from "./inspect.ts";
import { bindOwner, replacePairs, URLSearchParams } from "./search-params.ts";

const fields = [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "searchParams",
  "hash",
] as const;

/** Blobs by URL. */
export interface ObjectUrls {
  create(object: unknown): string;
  revoke(url: string): void;
}

/** The class `URL`, whose every parsing and setting is `parser`'s. */
export function createUrlClass(
  parser: UrlParser,
  objects: ObjectUrls,
  uncloneable: WeakSet<object>,
): unknown {
  /** What the next URL made is of, if that is known already. */
  let parsed: UrlParts | undefined;

  class URL {
    #parts: UrlParts;
    #params: URLSearchParams | undefined;

    constructor(input: unknown, base?: unknown) {
      if (arguments.length === 0) throw missing("url");
      this.#parts = parsed ?? parseOrThrow(parser, input, base);
      uncloneable.add(this);
    }

    static canParse(input: unknown, base?: unknown): boolean {
      if (arguments.length === 0) throw missing("url");
      return parse(parser, input, base) !== undefined;
    }

    static parse(input: unknown, base?: unknown): object | null {
      if (arguments.length === 0) throw missing("url");
      const parts = parse(parser, input, base);
      if (!parts) return null;
      parsed = parts;
      try {
        return new URL(input);
      } finally {
        parsed = undefined;
      }
    }

    static createObjectURL(object: unknown): string {
      if (arguments.length === 0) throw missing("obj");
      return objects.create(object);
    }

    static revokeObjectURL(url: unknown): void {
      if (arguments.length === 0) throw missing("url");
      objects.revoke(`${url as number}`);
    }

    get href(): string {
      return this.#parts.href;
    }

    set href(value: unknown) {
      this.#parts = parseOrThrow(parser, value);
      this.#refreshParams();
    }

    get origin(): string {
      return this.#parts.origin;
    }

    get protocol(): string {
      return this.#parts.protocol;
    }

    set protocol(value: unknown) {
      this.#set("protocol", value);
    }

    get username(): string {
      return this.#parts.username;
    }

    set username(value: unknown) {
      this.#set("username", value);
    }

    get password(): string {
      return this.#parts.password;
    }

    set password(value: unknown) {
      this.#set("password", value);
    }

    get host(): string {
      return this.#parts.host;
    }

    set host(value: unknown) {
      this.#set("host", value);
    }

    get hostname(): string {
      return this.#parts.hostname;
    }

    set hostname(value: unknown) {
      this.#set("hostname", value);
    }

    get port(): string {
      return this.#parts.port;
    }

    set port(value: unknown) {
      this.#set("port", value);
    }

    get pathname(): string {
      return this.#parts.pathname;
    }

    set pathname(value: unknown) {
      this.#set("pathname", value);
    }

    get search(): string {
      return this.#parts.search;
    }

    set search(value: unknown) {
      this.#set("search", value);
      this.#refreshParams();
    }

    get searchParams(): URLSearchParams {
      if (!this.#params) {
        this.#params = new URLSearchParams(this.#parts.search);
        bindOwner(this.#params, { changed: (query) => this.#set("search", query) });
      }
      return this.#params;
    }

    get hash(): string {
      return this.#parts.hash;
    }

    set hash(value: unknown) {
      this.#set("hash", value);
    }

    toString(): string {
      return this.#parts.href;
    }

    toJSON(): string {
      return this.#parts.href;
    }

    [inspectKey](depth: number, options: InspectOptions, inspect: Inspect): unknown {
      if (depth < 0) return this;
      const shown = Object.fromEntries(fields.map((field) => [field, this[field]]));
      return `${this.constructor.name} ${inspect(shown, options)}`;
    }

    #set(field: string, value: unknown): void {
      this.#parts = parser.change(this.#parts.href, field, `${value as number}`) ?? this.#parts;
    }

    #refreshParams(): void {
      if (this.#params) replacePairs(this.#params, this.#parts.search.slice(1));
    }
  }

  for (const field of [...fields, "toString", "toJSON"]) {
    Object.defineProperty(URL.prototype, field, { enumerable: true });
  }
  for (const name of ["parse", "canParse", "createObjectURL", "revokeObjectURL"] as const) {
    Object.defineProperty(URL, name, { enumerable: true });
    Object.defineProperty(URL[name], "length", { value: 1, configurable: true });
  }
  Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: "URL", configurable: true });
  Object.defineProperty(URL, "length", { value: 1, configurable: true });
  return URL;
}

function parse(parser: UrlParser, input: unknown, base: unknown): UrlParts | undefined {
  return parser.parse(`${input as number}`, base === undefined ? undefined : `${base as number}`);
}

function parseOrThrow(parser: UrlParser, input: unknown, base?: unknown): UrlParts {
  const parts = parse(parser, input, base);
  if (parts) return parts;
  const details = { code: "ERR_INVALID_URL", input: `${input as number}` };
  const error = new TypeError("Invalid URL");
  throw Object.assign(error, details, base === undefined ? {} : { base: `${base as number}` });
}

function missing(name: string): TypeError {
  return Object.assign(new TypeError(`The "${name}" argument must be specified`), {
    code: "ERR_MISSING_ARGS",
  });
}
