/**
 * Where a function may connect to. A host alone allows nothing but public addresses: what a name resolves to is checked
 * when the connection is made, and loopback, link-local, private, shared (CGNAT), multicast and metadata addresses are
 * refused unless `hosts` names that address or a range that holds it. `localhost` in `hosts` includes loopback.
 */
export interface NetPermission {
  /**
   * Names (`api.example.com`), names under one (`*.example.com`), any name and public address (`*`), addresses
   * (`127.0.0.1`, `::1`) and ranges (`10.0.0.0/8`, `fd00::/8`), each with a port (`api.example.com:443`, `[::1]:8000`)
   * or a range of them (`127.0.0.1:8000-8999`), without one for all ports; at most 1 000. May be left out beside `sockets`.
   */
  readonly hosts?: readonly string[];
  /**
   * Where TCP and TLS connections of `node:net` and `node:tls` may go, in the forms of `hosts`: whatever is served there can
   * be asked anything. Default what `hosts` says, and nothing where `methods` or `schemes` allow requests of some kinds only.
   */
  readonly sockets?: readonly string[];
  /** HTTP methods, such as `["GET", "HEAD"]`; default all but CONNECT and TRACE, which are never allowed. */
  readonly methods?: readonly string[];
  /** `"https"` and `"http"`; default both. */
  readonly schemes?: readonly NetScheme[];
  /** Body of one response in bytes, before decoding; 1 to 1 073 741 824, default 104 857 600. */
  readonly responseBytes?: number;
  /**
   * Body of one request in bytes, and of all requests of an environment as far as they wait to be sent; 1 to
   * 1 073 741 824, default 67 108 864.
   */
  readonly requestBytes?: number;
  /** Time for one request, from its start to the end of its response, in milliseconds; 1 to 900 000, default 300 000. */
  readonly timeoutMs?: number;
  /**
   * Time to resolve a name, connect and shake hands, in milliseconds; 1 to 900 000, default 10 000. The TLS handshake of a
   * socket has as long by itself.
   */
  readonly connectTimeoutMs?: number;
  /** Requests under way at once in one environment; 1 to 10 000, default 64. More wait for their turn. */
  readonly concurrency?: number;
  /** Sockets that are open, opening or closing in one environment; 1 to 1 000, default 64. One more is refused. */
  readonly openSockets?: number;
}

/** What a request goes over. */
export type NetScheme = "http" | "https";

/**
 * What a function is granted. Everything not granted is denied, with an error that names the grant to add. The host
 * checks `net`, `invoke` and `bindings`; the rest are globals and files that the runtime gives to a guest or doesn't.
 */
export interface FunctionPermissions {
  /** Connections: `true` for every public address, or which; default none. */
  readonly net?: boolean | NetPermission;
  /** The in-memory `/tmp`; default true. The function's own files under `/var/task` can always be read. */
  readonly fs?: boolean;
  /**
   * Other functions it may invoke: `true` for all, or names (`orders`, with every qualifier), names with a qualifier
   * (`orders:prod`) and patterns (`orders-*`); default none.
   */
  readonly invoke?: boolean | readonly string[];
  /** Objects of the host's it may call: `true` for all, or names (`db`) and methods (`db.get`); default none. */
  readonly bindings?: boolean | readonly string[];
  /**
   * `WebAssembly`; default false. Its memory is outside `memoryMb` (up to 4 GB for each `Memory`), as is its compiled
   * code, and compiling can't be interrupted: grant it to code you trust only.
   */
  readonly wasm?: boolean;
  /**
   * Code made from texts in invocations: `eval`, `new Function` and the like; default false. While a function loads it has
   * them all, but that `eval` sees no local variables. It gives a guest nothing it could not do by other code: denying it
   * guards a function against texts that it takes for code.
   */
  readonly eval?: boolean;
  /**
   * `SharedArrayBuffer`; default false. Its memory counts for no limit when it is growable; and by counting in it a guest
   * has an exact clock, which attacks on a processor's caches need.
   */
  readonly sharedArrayBuffer?: boolean;
  /**
   * `Atomics.wait` and `Atomics.waitAsync`; default false. A guest that waits holds its cell's thread, and all who run
   * there.
   */
  readonly atomicsWait?: boolean;
  /** Every permission that isn't set here, and connections to private addresses too: for code you trust. Default false. */
  readonly allowAll?: boolean;
}

/** A grant of connections with every default filled in. */
export type ResolvedNet = Readonly<Required<NetPermission>>;

/** Permissions with every default filled in; frozen. `allowAll` is spelled out. */
export interface ResolvedPermissions {
  /** False for none. */
  readonly net: false | ResolvedNet;
  readonly fs: boolean;
  readonly invoke: true | readonly string[];
  readonly bindings: true | readonly string[];
  readonly wasm: boolean;
  readonly eval: boolean;
  readonly sharedArrayBuffer: boolean;
  readonly atomicsWait: boolean;
}
