/** fetch and its classes, of undici. */
import { FormData } from "undici/lib/web/fetch/formdata.js";
import { Headers } from "undici/lib/web/fetch/headers.js";
import { fetch as undiciFetch } from "undici/lib/web/fetch/index.js";
import { Request } from "undici/lib/web/fetch/request.js";
import { Response } from "undici/lib/web/fetch/response.js";

// The bundler names a class that mentions itself anew.
for (const [name, value] of Object.entries({ FormData, Headers, Request, Response })) {
  Object.defineProperty(value, "name", { value: name, configurable: true });
}

export function create(): object {
  return { fetch, FormData, Headers, Request, Response };
}

/** A refusal says so in the error itself: it names the grant that is missing. */
async function fetch(input: unknown, init?: unknown): Promise<unknown> {
  try {
    return await undiciFetch(input, init);
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown; readonly message?: string } };
    if (cause?.code !== "ERR_ACCESS_DENIED") throw error;
    throw Object.assign(new TypeError(cause.message, { cause }), { code: cause.code });
  }
}
