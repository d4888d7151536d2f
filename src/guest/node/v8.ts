/** `node:v8`: what is known of the heap; values are written in V8's own format. */
import { invalidArgType } from "./shared/errors.ts";
import { lazily } from "./shared/lazy.ts";
import { refuse, refusedClass } from "./shared/refuse.ts";
import { requireString } from "./shared/validate.ts";
import { Reader } from "./v8/reader.ts";
import { Writer } from "./v8/writer.ts";

const HEAP = "the engine measures the heap and limits it (`memoryMb`).";
const FLAGS = "V8's flags are the engine's.";

function heapStatistics(): Record<string, number> {
  const usage = (process as Partial<typeof process>).memoryUsage?.();
  const limit = Number(process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? 128) * 1024 * 1024;
  const { heapTotal = 0, heapUsed = 0, external = 0 } = usage ?? {};
  return {
    total_heap_size: heapTotal,
    total_heap_size_executable: 0,
    total_physical_size: heapTotal,
    total_available_size: Math.max(0, limit - heapUsed),
    used_heap_size: heapUsed,
    heap_size_limit: limit,
    malloced_memory: 0,
    peak_malloced_memory: 0,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: external,
  };
}

function serialize(value: unknown): Buffer {
  const writer = new Writer();
  writer.writeHeader();
  writer.writeValue(value);
  return writer.releaseBuffer();
}

function deserialize(bytes: unknown): unknown {
  if (!ArrayBuffer.isView(bytes)) throw invalidArgType("buffer", ["Buffer", "TypedArray", "DataView"], bytes);
  const reader = new Reader(bytes);
  reader.readHeader();
  return reader.readValue();
}

function isStringOneByteRepresentation(text: unknown): boolean {
  requireString(text, "content");
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0xff) return false;
  return true;
}

export function create(): object {
  const refused = (name: string): unknown => refuse("v8", name, HEAP, "ERR_NOT_AVAILABLE");
  return lazily(
    {
      cachedDataVersionTag: () => 0,
      getHeapSnapshot: refused("getHeapSnapshot"),
      getHeapStatistics: heapStatistics,
      getHeapSpaceStatistics: () => [],
      getHeapCodeStatistics: () => ({
        code_and_metadata_size: 0,
        bytecode_and_metadata_size: 0,
        external_script_source_size: 0,
        cpu_profiler_metadata_size: 0,
      }),
      getCppHeapStatistics: refused("getCppHeapStatistics"),
      setFlagsFromString: refuse("v8", "setFlagsFromString", FLAGS),
      Serializer: Writer,
      Deserializer: Reader,
      DefaultSerializer: Writer,
      DefaultDeserializer: Reader,
      deserialize,
      takeCoverage: () => undefined,
      stopCoverage: () => undefined,
      serialize,
      writeHeapSnapshot: refused("writeHeapSnapshot"),
      promiseHooks: {
        onInit: refused("promiseHooks.onInit"),
        onSettled: refused("promiseHooks.onSettled"),
        onBefore: refused("promiseHooks.onBefore"),
        onAfter: refused("promiseHooks.onAfter"),
        createHook: refused("promiseHooks.createHook"),
      },
      queryObjects: refused("queryObjects"),
      startupSnapshot: {
        isBuildingSnapshot: () => false,
        addSerializeCallback: refused("startupSnapshot.addSerializeCallback"),
        addDeserializeCallback: refused("startupSnapshot.addDeserializeCallback"),
        setDeserializeMainFunction: refused("startupSnapshot.setDeserializeMainFunction"),
      },
      setHeapSnapshotNearHeapLimit: () => undefined,
      isStringOneByteRepresentation,
      startCpuProfile: refused("startCpuProfile"),
    },
    { GCProfiler: () => refusedClass("v8", "GCProfiler", HEAP) },
  );
}
