import { HOST_FORMS, parseHostPattern } from "./host-pattern.ts";
import { parseFunctionReference } from "./qualifier.ts";
import type { FunctionPermissions, NetPermission, ResolvedNet, ResolvedPermissions } from "./permissions.ts";
import type { SettingReader } from "./setting-reader.ts";

const PERMISSIONS: readonly (keyof FunctionPermissions)[] = [
  "net",
  "fs",
  "invoke",
  "bindings",
  "wasm",
  "eval",
  "sharedArrayBuffer",
  "atomicsWait",
  "allowAll",
];

const HINTS: ReadonlyMap<string, string> = new Map([
  ["permissions.webassembly", "permissions.wasm"],
  ["permissions.network", "permissions.net"],
  ["permissions.fetch", "permissions.net"],
  ["permissions.hosts", 'permissions.net: { hosts: ["…"] }'],
  ["permissions.env", "environment, which alone decides what process.env holds"],
  ["permissions.environment", "environment, which alone decides what process.env holds"],
  ["permissions.read", "permissions.fs"],
  ["permissions.write", "permissions.fs"],
  ["permissions.all", "permissions.allowAll"],
]);

const NET: readonly (keyof NetPermission)[] = [
  "hosts",
  "sockets",
  "methods",
  "schemes",
  "responseBytes",
  "requestBytes",
  "timeoutMs",
  "connectTimeoutMs",
  "concurrency",
  "openSockets",
];

/** Hosts that `net: true` means, and those that `allowAll` does. */
const PUBLIC_HOSTS = ["*"];
const ALL_HOSTS = ["*", "0.0.0.0/0", "::/0"];

const SCHEMES: readonly string[] = ["http", "https"];
const NONE: readonly string[] = Object.freeze([]);

const ENTRIES_LIMIT = 1_000;

const METHOD = /^[A-Z][A-Z0-9-]{0,31}$/;
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];
const FUNCTION_PATTERN = /^[a-zA-Z0-9\-_*]{1,64}(?::(?:\$LATEST|[a-zA-Z0-9\-_*]{1,128}))?$/;
const BINDING_PATTERN = /^[a-zA-Z][\w$]{0,63}(?:\.[a-zA-Z$][\w$]{0,63})?$/;

/** Permissions with every default filled in. A permission of the function's own replaces the default's as a whole. */
export function readPermissions(reader: SettingReader): ResolvedPermissions {
  const permissions = reader.group("permissions", PERMISSIONS, HINTS);
  const all = permissions.boolean("permissions.allowAll");
  return Object.freeze({
    net: readNet(permissions, all),
    fs: permissions.boolean("permissions.fs", true),
    invoke: readNames(permissions, "permissions.invoke", all, isFunctionPattern, FUNCTION_FORMS),
    bindings: readNames(permissions, "permissions.bindings", all, isBindingPattern, BINDING_FORMS),
    wasm: permissions.boolean("permissions.wasm", all),
    eval: permissions.boolean("permissions.eval", all),
    sharedArrayBuffer: permissions.boolean("permissions.sharedArrayBuffer", all),
    atomicsWait: permissions.boolean("permissions.atomicsWait", all),
  });
}

function readNet(permissions: SettingReader, all: boolean): false | ResolvedNet {
  const field = "permissions.net";
  const given = permissions.value(field) ?? all;
  if (given === false) return false;
  const settings =
    given === true ? { hosts: permissions.value(field) === true ? PUBLIC_HOSTS : ALL_HOSTS } : given;
  const net = permissions.part(field, settings, NET);
  const methods = net.texts(`${field}.methods`, isMethod, METHOD_FORMS, [1, 100]) ?? [];
  const schemes = net.texts(`${field}.schemes`, isScheme, '"http" or "https"', [1, 2]) ?? SCHEMES;
  const isRestricted = methods.length > 0 || schemes.length < SCHEMES.length;
  return Object.freeze({
    ...readHosts(net, isRestricted),
    methods,
    schemes: schemes as ResolvedNet["schemes"],
    responseBytes: net.integer(`${field}.responseBytes`, 1, 1_073_741_824, 104_857_600),
    requestBytes: net.integer(`${field}.requestBytes`, 1, 1_073_741_824, 67_108_864),
    timeoutMs: net.integer(`${field}.timeoutMs`, 1, 900_000, 300_000),
    connectTimeoutMs: net.integer(`${field}.connectTimeoutMs`, 1, 900_000, 10_000),
    concurrency: net.integer(`${field}.concurrency`, 1, 10_000, 64),
    openSockets: net.integer(`${field}.openSockets`, 1, 1_000, 64),
  });
}

/** Requests that are restricted say nothing of sockets, by which anything could be asked. */
function readHosts(net: SettingReader, isRestricted: boolean) {
  const field = "permissions.net.hosts";
  const read = (name: string): readonly string[] | undefined =>
    net.texts(name, (host) => parseHostPattern(host) !== undefined, HOST_FORMS, [0, ENTRIES_LIMIT]);
  const given = read("permissions.net.sockets");
  const hosts = read(field) ?? (given && NONE);
  if (!hosts) return net.refuse(field, undefined, `a list of hosts, each ${HOST_FORMS}`);
  return { hosts, sockets: given ?? (isRestricted ? NONE : hosts) };
}

const METHOD_FORMS = "an HTTP method in capitals other than CONNECT, TRACE and TRACK";
const FUNCTION_FORMS =
  'a function\'s name, with or without a qualifier, * for any characters: "orders", "orders:prod"';
const BINDING_FORMS = 'a binding\'s name, or one of its methods: "db", "db.get"';

function readNames(
  permissions: SettingReader,
  field: string,
  all: boolean,
  isAllowed: (name: string) => boolean,
  allowed: string,
): true | readonly string[] {
  const given = permissions.value(field) ?? all;
  if (given === true) return true;
  if (given === false) return Object.freeze([]);
  return permissions.texts(field, isAllowed, allowed, [0, ENTRIES_LIMIT]) ?? [];
}

function isMethod(method: string): boolean {
  return METHOD.test(method) && !FORBIDDEN_METHODS.includes(method);
}

function isScheme(scheme: string): boolean {
  return scheme === "http" || scheme === "https";
}

function isFunctionPattern(name: string): boolean {
  if (name.includes("*")) return FUNCTION_PATTERN.test(name);
  try {
    const { accountId, region } = parseFunctionReference(name);
    return accountId === undefined && region === undefined;
  } catch {
    return false;
  }
}

function isBindingPattern(name: string): boolean {
  return BINDING_PATTERN.test(name);
}
