import type { ObjectUrls } from "../../chunks/url/url.ts";
import { GuestQuestion } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import { isInstance, mapDelete, mapSet, SafeTypeError } from "../primordials.ts";
import { withCode } from "./errors.ts";

/** `URL.createObjectURL` and `URL.revokeObjectURL`, over `blobs`. */
export function createObjectUrls(
  host: HostPort,
  blobs: Map<string, unknown>,
  blobChunk: () => unknown,
): ObjectUrls {
  return {
    create(object) {
      const { Blob } = blobChunk() as { readonly Blob: object };
      if (!isInstance(Blob, object)) {
        throw withCode(
          new SafeTypeError('The "obj" argument must be an instance of Blob'),
          "ERR_INVALID_ARG_TYPE",
        );
      }
      const url = `blob:nodedata:${host.ask(GuestQuestion.RandomUuid, "")}`;
      mapSet(blobs, url, object);
      return url;
    },
    revoke: (url) => void mapDelete(blobs, url),
  };
}
