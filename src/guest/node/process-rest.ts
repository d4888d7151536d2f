/** What `process` has that few functions use: loaded with the first of it. Not a module that can be asked for. */
import { Readable } from "node:stream";
import { checks, maskOf } from "./process-rest/checks.ts";
import { type Asking, measured } from "./process-rest/measured.ts";
import { refusals } from "./process-rest/refusals.ts";
import { invalidArgType } from "./shared/errors.ts";
import { requireString } from "./shared/validate.ts";

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
    config: Object.freeze({
      target_defaults: Object.freeze({}),
      variables: Object.freeze({ napi_build_version: "10", v8_enable_i18n_support: 1 }),
    }),
    features: features(),
    allowedNodeEnvironmentFlags: Object.freeze(new Set<string>()),
    debugPort: 9229,
    sourceMapsEnabled: false,
    setSourceMapsEnabled: () => undefined,
    moduleLoadList: [],
    finalization: { register: ignore, registerBeforeExit: ignore, unregister: ignore },
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
    ...checks,
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
    openssl_is_boringssl: false,
    quic: false,
  };
  return Object.freeze({ ...has, inspector: false, debug: false, require_module: true, typescript: false });
}

function builtinModule(builtins: RestParts["builtins"], name: unknown): unknown {
  if (typeof name === "string") return builtins.find(name);
  throw invalidArgType("id", "string", name);
}

function makeUmask(): (mask?: number | string) => number {
  let current = 0o022;
  return (mask) => {
    const before = current;
    if (mask !== undefined) current = maskOf(mask) & 0o777;
    return before;
  };
}

/** Where `chdir` goes to. Loads `fs`, since the folder has to be there. */
function resolveFolder(from: string, to: string): string {
  requireString(to, "directory");
  const fs = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:path").resolve(from, to);
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return path;
  const [code, errno, what] = found
    ? ["ENOTDIR", -20, "not a directory"]
    : ["ENOENT", -2, "no such file or directory"];
  throw Object.assign(new Error(`${code}: ${what}, chdir '${from}' -> '${to}'`), {
    code,
    errno,
    syscall: "chdir",
    path: from,
    dest: to,
  });
}
