import type * as buffer from "../../chunks/buffer.ts";
import type * as encoding from "../../chunks/encoding.ts";
import type * as inspect from "../../chunks/inspect.ts";
import type * as knownTexts from "../../chunks/known-texts.ts";
import type * as rejections from "../../chunks/rejections.ts";
import type * as streaming from "../../chunks/streaming.ts";
import type * as loader from "../../chunks/loader.ts";
import type * as timersPromises from "../../chunks/timers-promises.ts";
import type * as url from "../../chunks/url.ts";
import type * as webHandler from "../../chunks/web-handler.ts";
import type * as web from "../../chunks/web.ts";
import type * as webAssembly from "../../chunks/webassembly.ts";
import type * as webCrypto from "../../chunks/web-crypto.ts";
import { CHUNK_GLOBAL, GuestQuestion } from "../../contract.ts";
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
  readonly "known-texts": typeof knownTexts;
  readonly loader: typeof loader;
  readonly rejections: typeof rejections;
  readonly streaming: typeof streaming;
  readonly "timers-promises": typeof timersPromises;
  readonly url: typeof url;
  readonly web: typeof web;
  readonly "web-handler": typeof webHandler;
  readonly "web-crypto": typeof webCrypto;
  readonly webassembly: typeof webAssembly;
}

/** What a chunk of `src/guest/node` evaluates to: makes the module's exports out of the runtime's `Parts`. */
type NodeModuleFactory = (require: (name: unknown) => unknown, parts: object) => unknown;

/** Loads the parts of the runtime that most functions never touch. */
export interface Chunks {
  /** The exports of a chunk; its script runs the first time. */
  load<Name extends keyof ChunkExports>(name: Name): ChunkExports[Name];
  /** What makes a built-in module that lies in a chunk of its own. */
  loadModule(chunk: string): NodeModuleFactory;
  /** What the script that `run` has the cell run leaves. */
  take(run: () => void): unknown;
  /** Whether a chunk's script is running right now. */
  isLoading(): boolean;
}

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
    take: leftBy,
    isLoading: () => running,
  };
}

function exportsOf(host: HostPort, name: string): unknown {
  const exports = leftBy(() => host.ask(GuestQuestion.LoadChunk, name));
  if (exports === undefined) throw new SafeError(`The runtime's part "${name}" could not be loaded.`);
  return exports;
}

/** The variable is there only while the script runs, as a property of its own, so user code cannot come between. */
function leftBy(run: () => void): unknown {
  objectDefineProperty(
    globalObject,
    CHUNK_GLOBAL,
    record({ value: undefined, writable: true, enumerable: false, configurable: true }),
  );
  try {
    run();
    return objectGetOwnPropertyDescriptor(globalObject, CHUNK_GLOBAL)?.value;
  } finally {
    reflectDeleteProperty(globalObject, CHUNK_GLOBAL);
  }
}
