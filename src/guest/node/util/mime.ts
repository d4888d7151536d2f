/** `MIMEType` and `MIMEParams`, by the WHATWG's MIME standard. */
import { nodeError } from "../shared/errors.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const NOT_QUOTABLE = /[^\t\u0020-\u007e\u0080-\u00ff]/;
const SPACE = "[\\r\\n\\t ]";
const EDGES = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const TRAILING = new RegExp(`${SPACE}+$`);

function syntaxError(production: string, text: string, index: number): Error {
  const place = index >= 0 ? ` at ${index}` : "";
  return nodeError(
    TypeError,
    "ERR_INVALID_MIME_SYNTAX",
    `The MIME syntax for a ${production} in ${JSON.stringify(text)} is invalid${place}`,
    syntaxError,
  );
}

function token(text: string, production: string, whole: string = text): string {
  if (TOKEN.test(text)) return text;
  throw syntaxError(production, whole, text.search(/[^!#$%&'*+\-.^_`|~A-Za-z0-9]/));
}

export class MIMEParams {
  readonly #values = new Map<string, string>();

  /** Takes `text`, what follows the essence, apart; what can't be understood is left out, as the standard has it. */
  static parse(text: string): MIMEParams {
    const params = new MIMEParams();
    const pattern = /;[\r\n\t ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\[^])*)(?:"|$)[^;]*|([^;]*)))?/g;
    for (const [, name = "", quoted, plain] of text.matchAll(pattern)) {
      const key = name.toLowerCase();
      const value = quoted === undefined ? plain?.replace(TRAILING, "") : quoted.replace(/\\([^])/g, "$1");
      if (!TOKEN.test(key) || value === undefined || NOT_QUOTABLE.test(value)) continue;
      if (quoted === undefined && value === "") continue;
      if (!params.#values.has(key)) params.#values.set(key, value);
    }
    return params;
  }

  delete(name: unknown): void {
    this.#values.delete(String(name));
  }
  get(name: unknown): string | null {
    return this.#values.get(String(name)) ?? null;
  }
  has(name: unknown): boolean {
    return this.#values.has(String(name));
  }
  set(name: unknown, value: unknown): void {
    const key = token(String(name), "parameter name");
    const text = String(value);
    const wrong = text.search(NOT_QUOTABLE);
    if (wrong >= 0) throw syntaxError("parameter value", text, wrong);
    this.#values.set(key, text);
  }
  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }
  keys(): MapIterator<string> {
    return this.#values.keys();
  }
  values(): MapIterator<string> {
    return this.#values.values();
  }
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#values.entries();
  }
  toString(): string {
    return Array.from(this.#values, ([name, value]) => `${name}=${quote(value)}`).join(";");
  }
  toJSON(): string {
    return this.toString();
  }
}

function quote(value: string): string {
  if (value === "") return '""';
  return TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

export class MIMEType {
  #type: string;
  #subtype: string;
  readonly #params: MIMEParams;

  constructor(input: unknown) {
    const text = String(input).replace(EDGES, "");
    const slash = text.indexOf("/");
    this.#type = token(slash < 0 ? text : text.slice(0, slash), "type", text).toLowerCase();
    if (slash < 0) throw syntaxError("type", text, -1);
    const rest = text.slice(slash + 1);
    const semicolon = rest.indexOf(";");
    const subtype = (semicolon < 0 ? rest : rest.slice(0, semicolon)).replace(TRAILING, "");
    this.#subtype = token(subtype, "subtype", text).toLowerCase();
    this.#params = MIMEParams.parse(semicolon < 0 ? "" : rest.slice(semicolon));
  }

  get type(): string {
    return this.#type;
  }
  set type(value: unknown) {
    this.#type = token(String(value), "type").toLowerCase();
  }
  get subtype(): string {
    return this.#subtype;
  }
  set subtype(value: unknown) {
    this.#subtype = token(String(value), "subtype").toLowerCase();
  }
  get essence(): string {
    return `${this.#type}/${this.#subtype}`;
  }
  get params(): MIMEParams {
    return this.#params;
  }
  toString(): string {
    const params = this.#params.toString();
    return params === "" ? this.essence : `${this.essence};${params}`;
  }
  toJSON(): string {
    return this.toString();
  }
}
