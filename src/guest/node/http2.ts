/** `node:http2`: its constants, settings and clients, whose requests go by HTTP/1.1; functions can't listen. */
import constants from "./data/http2-constants.json" with { type: "json" };
import { ClientHttp2Session } from "./http2/session.ts";
import { nodeError } from "./shared/errors.ts";
import { lazily } from "./shared/lazy.ts";
import { refuseAll } from "./shared/refuse.ts";

declare const require: (name: string) => unknown;

const DEFAULTS: Readonly<Record<string, number | boolean>> = {
  headerTableSize: 4096,
  enablePush: true,
  initialWindowSize: 65_535,
  maxFrameSize: 16_384,
  maxConcurrentStreams: 4_294_967_295,
  maxHeaderSize: 65_535,
  maxHeaderListSize: 65_535,
  enableConnectProtocol: false,
};

/** Settings as HTTP/2 numbers them. */
const NUMBERS: readonly (readonly [number, string])[] = [
  [1, "headerTableSize"],
  [2, "enablePush"],
  [3, "maxConcurrentStreams"],
  [4, "initialWindowSize"],
  [5, "maxFrameSize"],
  [6, "maxHeaderListSize"],
  [8, "enableConnectProtocol"],
];

function getPackedSettings(settings: Readonly<Record<string, unknown>> = {}): Buffer {
  const given = NUMBERS.filter(([, name]) => settings[name] !== undefined);
  const packed = Buffer.alloc(given.length * 6);
  given.forEach(([number, name], index) => {
    packed.writeUInt16BE(number, index * 6);
    packed.writeUInt32BE(Number(settings[name]), index * 6 + 2);
  });
  return packed;
}

function getUnpackedSettings(packed: Uint8Array): Record<string, unknown> {
  if (packed.length % 6 !== 0) {
    throw nodeError(
      RangeError,
      "ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH",
      "Packed settings length must be a multiple of six",
    );
  }
  const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const settings: Record<string, unknown> = {};
  for (let offset = 0; offset < view.length; offset += 6) {
    const [, name] = NUMBERS.find(([number]) => number === view.readUInt16BE(offset)) ?? [];
    if (name === undefined) continue;
    const value = view.readUInt32BE(offset + 2);
    settings[name] = name.startsWith("enable") ? value !== 0 : value;
    if (name === "maxHeaderListSize") settings["maxHeaderSize"] = value;
  }
  return settings;
}

type StreamClass = new (options?: object) => object;

function streamClass(name: "Readable" | "Writable", called: string): unknown {
  const Base = (require("node:stream") as Record<string, StreamClass>)[name] as StreamClass;
  return Object.defineProperty(class extends Base {}, "name", { value: called });
}

const sensitiveHeaders = Symbol("sensitiveHeaders");

/** Node's `http2.connect(authority, options?, listener?)`. */
function connect(authority: string | URL, ...rest: unknown[]): ClientHttp2Session {
  const options = rest.find((value) => typeof value === "object" && value !== null) ?? {};
  const listener = rest.find((value) => typeof value === "function") as (() => void) | undefined;
  const origin = new URL(authority);
  if (origin.protocol !== "http:" && origin.protocol !== "https:") {
    const message = `protocol "${origin.protocol}" is unsupported.`;
    throw nodeError(Error, "ERR_HTTP2_UNSUPPORTED_PROTOCOL", message);
  }
  const session = new ClientHttp2Session(origin, options, {
    sensitive: sensitiveHeaders,
    settings: DEFAULTS,
  });
  if (listener) session.once("connect", listener);
  return session;
}

export function create(): object {
  return lazily(
    {
      ...refuseAll(
        "http2",
        ["createServer", "createSecureServer", "performServerHandshake"],
        "functions can't listen.",
      ),
      connect,
      constants: { ...constants },
      getDefaultSettings: () => ({ ...DEFAULTS }),
      getPackedSettings,
      getUnpackedSettings,
      sensitiveHeaders,
    },
    {
      Http2ServerRequest: () => streamClass("Readable", "Http2ServerRequest"),
      Http2ServerResponse: () => streamClass("Writable", "Http2ServerResponse"),
    },
  );
}
