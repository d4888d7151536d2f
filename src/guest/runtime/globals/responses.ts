import type { ResponseParts } from "../../chunks/streaming.ts";
import { RuntimeFailure } from "../failures.ts";
import { reflectGet } from "../primordials.ts";
import type { OpenResponse } from "../streamed.ts";
import type { Parts } from "./parts.ts";

/** Makes the streams that handlers write their responses to. */
export function createOpenResponse({ chunks, calls, builtins }: Parts): OpenResponse {
  return (number, handler, { closed, refused }) => {
    const onRefused = (error: Error): void => {
      refused(new RuntimeFailure(reflectGet(error, "name") as string, error.message));
    };
    if (handler.stream)
      return chunks.load("web-handler").openWebResponse({ calls, onClosed: closed, onRefused }, number);
    const { Writable } = builtins.require("stream") as { readonly Writable: ResponseParts["Writable"] };
    const parts = { calls, Writable, handler: handler.call, onClosed: closed, onRefused };
    return chunks.load("streaming").openResponse(parts, number);
  };
}
