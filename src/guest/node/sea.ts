/** `node:sea`: the function is no executable of its own. */
import { refuseAll } from "./shared/refuse.ts";

export function create(): object {
  const why = "the function is no single executable application.";
  return {
    isSea: () => false,
    ...refuseAll(
      "sea",
      ["getAsset", "getRawAsset", "getAssetAsBlob", "getAssetKeys"],
      why,
      "ERR_NOT_IN_SINGLE_EXECUTABLE_APPLICATION",
    ),
  };
}
