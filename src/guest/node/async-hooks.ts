/** `node:async_hooks`: `AsyncLocalStorage` and `AsyncResource`, over the runtime's frames. */
import type { Frames } from "../runtime/globals/frames.ts";
import { createHooks } from "./async-hooks/hooks.ts";
import { patchPromises } from "./async-hooks/promises.ts";
import { createResources } from "./async-hooks/resource.ts";
import { createStorage } from "./async-hooks/storage.ts";

export function create({ frames }: { readonly frames: Frames }): object {
  const hooks = createHooks(frames);
  if (!frames.isUsed) {
    frames.isUsed = true;
    patchPromises(frames, hooks);
  }
  const resources = createResources(frames, hooks);
  return { AsyncLocalStorage: createStorage(frames, resources.AsyncResource), ...resources };
}
