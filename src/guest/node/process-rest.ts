/** What `process` has that few functions use: loaded with the first of it. Not a module that can be asked for. */
import { Readable } from "node:stream";
import { type Asking, measured } from "./process-rest/measured.ts";
import { refusals } from "./process-rest/refusals.ts";

interface RestParts {
  readonly host: Asking;
  readonly builtins: { find(name: string): unknown };
}

/** The user that Lambda runs functions as, and its group. */
const USER_ID = 993;
const GROUP_ID = 990;

export function create({ host, builtins }: RestParts): object {
  const stdin = Object.assign(new Readable({ read: endAtOnce }), { fd: 0, isTTY: false });
  const emulated = {
    stdin,
    openStdin: () => stdin,
    config: Object.freeze({ target_defaults: Object.freeze({}), variables: Object.freeze({}) }),
    features: features(),
    allowedNodeEnvironmentFlags: Object.freeze(new Set<string>()),
    debugPort: 9229,
    sourceMapsEnabled: false,
    setSourceMapsEnabled: () => undefined,
    moduleLoadList: [],
    finalization: { register: ignore, registerBeforeExit: ignore, unregister: ignore },
    permission: { has: (scope: unknown) => scope === "fs.read" || scope === "fs.write" },
    getBuiltinModule: (name: unknown) => builtinModule(builtins, name),
    getActiveResourcesInfo: () => [],
    ref: ignore,
    unref: ignore,
    abort: () => Reflect.apply(Reflect.get(process, "reallyExit") as (code: number) => void, process, [134]),
    umask: makeUmask(),
    getuid: () => USER_ID,
    geteuid: () => USER_ID,
    getgid: () => GROUP_ID,
    getegid: () => GROUP_ID,
    getgroups: () => [GROUP_ID],
    resolveFolder,
  };
  return { ...emulated, ...measured(host), ...refusals() };
}

function endAtOnce(this: Readable): void {
  this.push(null);
}

function ignore(): void {
  // There is nothing to do.
}

function features(): object {
  const has = {
    uv: true,
    ipv6: true,
    tls_alpn: true,
    tls_sni: true,
    tls_ocsp: true,
    tls: true,
    cached_builtins: true,
  };
  return Object.freeze({ ...has, inspector: false, debug: false, require_module: true, typescript: false });
}

function builtinModule(builtins: RestParts["builtins"], name: unknown): unknown {
  if (typeof name === "string") return builtins.find(name);
  const error = new TypeError('The "id" argument must be of type string.');
  throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}

function makeUmask(): (mask?: number | string) => number {
  let current = 0o022;
  return (mask) => {
    const before = current;
    if (mask !== undefined) current = (typeof mask === "string" ? Number.parseInt(mask, 8) : mask) & 0o777;
    return before;
  };
}

/** Where `chdir` goes to. Loads `fs`, since the folder has to be there. */
function resolveFolder(from: string, to: string): string {
  const fs = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:path").resolve(from, to);
  if (fs.statSync(path).isDirectory()) return path;
  const message = `ENOTDIR: not a directory, chdir ${from} -> '${to}'`;
  throw Object.assign(new Error(message), {
    code: "ENOTDIR",
    errno: -20,
    syscall: "chdir",
    path: from,
    dest: to,
  });
}
