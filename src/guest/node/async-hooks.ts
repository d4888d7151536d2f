/** `node:async_hooks`: `AsyncLocalStorage` and `AsyncResource`, over the runtime's frames. Hooks are objects that never fire. */
import type { Frames } from "../runtime/globals/frames.ts";
import { patchPromises } from "./async-hooks/promises.ts";
import { createResources } from "./async-hooks/resource.ts";
import { createStorage } from "./async-hooks/storage.ts";

export function create({ frames }: { readonly frames: Frames }): object {
  if (!frames.isUsed) {
    frames.isUsed = true;
    patchPromises(frames);
  }
  const resources = createResources(frames);
  return { AsyncLocalStorage: createStorage(frames, resources.AsyncResource), ...resources };
}
