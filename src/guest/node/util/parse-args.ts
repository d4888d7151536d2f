/** `util.parseArgs`. */
import { invalidArgType, invalidArgValue, nodeError } from "../shared/errors.ts";
import {
  requireArray,
  requireBoolean,
  requireObject,
  requireOneOf,
  requireString,
} from "../shared/validate.ts";

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: unknown;
}

interface Config {
  readonly args?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly strict?: boolean;
  readonly allowPositionals?: boolean;
  readonly allowNegative?: boolean;
  readonly tokens?: boolean;
}

interface Token {
  readonly kind: "option" | "positional" | "option-terminator";
  readonly index: number;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

type Values = Record<string, unknown>;

export function parseArgs(config: Config = {}): { values: Values; positionals: string[]; tokens?: Token[] } {
  requireObject(config, "config");
  const { options = {}, strict = true, allowNegative = false, tokens: wantsTokens = false } = config;
  const { args = process.argv.slice(2), allowPositionals = !strict } = config;
  requireArray(args, "args");
  requireBoolean(strict, "strict");
  checkOptions(options);
  const tokens = tokenize(args, options);
  const values = Object.create(null) as Values;
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option") take(values, token, options, strict, allowNegative);
    else if (token.kind === "positional") {
      if (!allowPositionals) throw unexpectedPositional(token.value ?? "");
      positionals.push(token.value ?? "");
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantsTokens ? { values, positionals, tokens } : { values, positionals };
}

function checkOptions(options: Readonly<Record<string, Option>>): void {
  requireObject(options, "options");
  for (const [name, option] of Object.entries(options)) {
    requireObject(option, `options.${name}`);
    requireOneOf(option.type, `options.${name}.type`, ["string", "boolean"]);
    if (option.short !== undefined) {
      requireString(option.short, `options.${name}.short`);
      if (option.short.length !== 1)
        throw invalidArgValue(`options.${name}.short`, option.short, "must be a single character");
    }
    const value = option.default;
    if (value === undefined) continue;
    const items = option.multiple ? (value as unknown[]) : [value];
    if (!Array.isArray(items)) throw invalidArgType(`options.${name}.default`, "Array", value);
    for (const item of items)
      if (typeof item !== option.type) throw invalidArgType(`options.${name}.default`, option.type, item);
  }
}

function tokenize(args: readonly string[], options: Readonly<Record<string, Option>>): Token[] {
  const tokens: Token[] = [];
  const wantsValue = (name: string): boolean => options[name]?.type === "string";
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const option = (name: string, rawName: string, inline?: string): void => {
      const next = inline ?? (wantsValue(name) ? valueAt(args, index + 1) : undefined);
      const inlineValue = next === undefined ? undefined : inline !== undefined;
      tokens.push({ kind: "option", name, rawName, index, value: next, inlineValue });
      if (inline === undefined && next !== undefined) index++;
    };
    if (arg === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (const value of args.slice(index + 1)) tokens.push({ kind: "positional", index: ++index, value });
    } else if (arg.startsWith("--")) {
      const equals = arg.indexOf("=", 3);
      if (equals < 0) option(arg.slice(2), arg);
      else option(arg.slice(2, equals), arg.slice(0, equals), arg.slice(equals + 1));
    } else if (arg.startsWith("-") && arg.length > 1) {
      readShort(arg, options, wantsValue, option);
    } else tokens.push({ kind: "positional", index, value: arg });
  }
  return tokens;
}

/** One or more short options: `-a`, `-abc`, `-fvalue`. */
function readShort(
  arg: string,
  options: Readonly<Record<string, Option>>,
  wantsValue: (name: string) => boolean,
  option: (name: string, rawName: string, inline?: string) => void,
): void {
  for (let place = 1; place < arg.length; place++) {
    const letter = arg[place] ?? "";
    const name = Object.keys(options).find((key) => options[key]?.short === letter) ?? letter;
    if (wantsValue(name) && place < arg.length - 1) {
      option(name, `-${letter}`, arg.slice(place + 1));
      return;
    }
    option(name, `-${letter}`);
  }
}

function valueAt(args: readonly string[], index: number): string | undefined {
  return args[index];
}

function take(
  values: Values,
  { name: given = "", rawName = "", value, inlineValue }: Token,
  options: Readonly<Record<string, Option>>,
  strict: boolean,
  allowNegative: boolean,
): void {
  const negated = allowNegative && given.startsWith("no-") && options[given] === undefined;
  const name = negated ? given.slice(3) : given;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (strict) checkUse(name, rawName, value, inlineValue, option);
  const taken = value ?? !negated;
  if (name === "__proto__") return;
  if (!option?.multiple) values[name] = taken;
  else values[name] = [...((values[name] as unknown[] | undefined) ?? []), taken];
}

function checkUse(
  name: string,
  rawName: string,
  value: string | undefined,
  inlineValue: boolean | undefined,
  option: Option | undefined,
): void {
  if (!option) throw nodeError(TypeError, "ERR_PARSE_ARGS_UNKNOWN_OPTION", unknownText(rawName));
  const shown = option.short ? `-${option.short}, --${name}` : `--${name}`;
  if (option.type === "string" && value === undefined)
    throw invalidValue(`Option '${shown} <value>' argument missing`);
  if (option.type === "boolean" && value !== undefined)
    throw invalidValue(`Option '${shown}' does not take an argument`);
  if (option.type === "string" && inlineValue === false && value?.startsWith("-") && value.length > 1) {
    throw invalidValue(
      `Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\n` +
        `To specify an option argument starting with a dash use '${rawName.startsWith("--") ? `${rawName}=-XYZ` : `--${name}=-XYZ' or '${rawName}-XYZ`}'.`,
    );
  }
}

function unknownText(rawName: string): string {
  return `Unknown option '${rawName}'. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${rawName}"`;
}

function invalidValue(message: string): Error {
  return nodeError(TypeError, "ERR_PARSE_ARGS_INVALID_OPTION_VALUE", message);
}

function unexpectedPositional(value: string): Error {
  return nodeError(
    TypeError,
    "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL",
    `Unexpected argument '${value}'. This command does not take positional arguments`,
  );
}
