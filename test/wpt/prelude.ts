interface PreludeOptions {
  /** Where the test pretends to be. */
  readonly href: string;
  /** What it can fetch: bytes as Latin-1, by name. */
  readonly resources: Readonly<Record<string, string>>;
  /** Whether `fetch` gives these and nothing else. */
  readonly mocksFetch: boolean;
  /** Whether it looks at the globals' properties, which are made when they are first read, in Node as here. */
  readonly readsGlobals: boolean;
}

/** The script before the harness: what a page has and neither Node nor a function does. */
export function preludeText({ href, resources, mocksFetch, readsGlobals }: PreludeOptions): string {
  const { search, hash, origin, protocol, host, hostname, port, pathname } = new URL(href);
  const location = { href, search, hash, origin, protocol, host, hostname, port, pathname };
  return `
globalThis.self = globalThis;
globalThis.Window = Object.getPrototypeOf(globalThis).constructor;
globalThis.GLOBAL = { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false };
globalThis.location = { ...${JSON.stringify(location)}, toString() { return this.href; } };
if (globalThis.gc === undefined) delete globalThis.gc;
${readsGlobals ? READ_GLOBALS : ""}${mocksFetch ? mockedFetch(resources) : ORIGIN}
`;
}

const READ_GLOBALS = `for (const name of Object.getOwnPropertyNames(globalThis)) try { globalThis[name]; } catch {}`;

/** Where relative URLs of requests start from, in Node as well. */
const ORIGIN = `
Object.defineProperty(globalThis, Symbol.for("undici.globalOrigin.1"), {
  value: new URL(location.href), writable: true, enumerable: false, configurable: false });
`;

function mockedFetch(resources: Readonly<Record<string, string>>): string {
  return `
globalThis.fetch = ((files) => async function fetch(name) {
  const bytes = files[name];
  if (bytes === undefined) throw new TypeError("There is no such file: " + name);
  const buffer = () => Uint8Array.from(bytes, (char) => char.charCodeAt(0)).buffer;
  const text = () => new TextDecoder("utf-8", { ignoreBOM: true }).decode(buffer());
  return { ok: true, status: 200, arrayBuffer: async () => buffer(), text: async () => text(), json: async () => JSON.parse(text()) };
})(${JSON.stringify(resources)});
`;
}
