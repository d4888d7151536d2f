import type * as buffer from "../../chunks/buffer.ts";
import type * as encoding from "../../chunks/encoding.ts";
import type * as inspect from "../../chunks/inspect.ts";
import type * as streaming from "../../chunks/streaming.ts";
import type * as timersPromises from "../../chunks/timers-promises.ts";
import type * as url from "../../chunks/url.ts";
import type * as web from "../../chunks/web.ts";
import type * as webCrypto from "../../chunks/web-crypto.ts";
import { GuestQuestion } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import {
  globalObject,
  mapGet,
  mapSet,
  objectDefineProperty,
  objectGetOwnPropertyDescriptor,
  record,
  reflectDeleteProperty,
  SafeError,
  SafeMap,
} from "../primordials.ts";

interface ChunkExports {
  readonly buffer: typeof buffer;
  readonly encoding: typeof encoding;
  readonly inspect: typeof inspect;
  readonly streaming: typeof streaming;
  readonly "timers-promises": typeof timersPromises;
  readonly url: typeof url;
  readonly web: typeof web;
  readonly "web-crypto": typeof webCrypto;
}

/** What a chunk of `src/guest/node` evaluates to: makes the module's exports out of the runtime's `Parts`. */
export type NodeModuleFactory = (require: (name: unknown) => unknown, parts: object) => unknown;

/** Loads the parts of the runtime that most functions never touch. */
export interface Chunks {
  /** The exports of a chunk; its script runs the first time. */
  load<Name extends keyof ChunkExports>(name: Name): ChunkExports[Name];
  /** What makes a built-in module that lies in a chunk of its own. */
  loadModule(chunk: string): NodeModuleFactory;
  /** Whether a chunk's script is running right now. */
  isLoading(): boolean;
}

/** The variable a chunk's script leaves its exports in. */
const chunkVariable = "__isoletChunk";

export function createChunks(host: HostPort): Chunks {
  const loaded = new SafeMap<string, unknown>();
  let running = false;

  function run(name: string): unknown {
    // A library may try out the very global it is loaded for; what it then gets is one that does not work.
    if (running) throw new SafeError(`The runtime's part "${name}" was asked for while another was loading.`);
    running = true;
    try {
      return exportsOf(host, name);
    } finally {
      running = false;
    }
  }

  return {
    load<Name extends keyof ChunkExports>(name: Name): ChunkExports[Name] {
      let exports = mapGet(loaded, name);
      if (exports === undefined) {
        exports = run(name);
        mapSet(loaded, name, exports);
      }
      return exports as ChunkExports[Name];
    },
    loadModule: (chunk) => run(chunk) as NodeModuleFactory,
    isLoading: () => running,
  };
}

/** The variable is there only while the script runs, as a property of its own, so user code cannot come between. */
function exportsOf(host: HostPort, name: string): unknown {
  objectDefineProperty(
    globalObject,
    chunkVariable,
    record({ value: undefined, writable: true, enumerable: false, configurable: true }),
  );
  host.ask(GuestQuestion.LoadChunk, name);
  const exports: unknown = objectGetOwnPropertyDescriptor(globalObject, chunkVariable)?.value;
  reflectDeleteProperty(globalObject, chunkVariable);
  if (exports === undefined) throw new SafeError(`The runtime's part "${name}" could not be loaded.`);
  return exports;
}
