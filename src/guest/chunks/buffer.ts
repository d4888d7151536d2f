import * as library from "buffer/";
import { addBase64Url } from "./buffer/base64url.ts";
import { completeBuffer } from "./buffer/complete.ts";
import { showsFew, shown } from "./buffer/shown.ts";
import { decodeUtf8ByStandard } from "./buffer/utf8.ts";

decodeUtf8ByStandard(library.Buffer);
addBase64Url(library.Buffer);
completeBuffer(library.Buffer);
showsFew(library.Buffer);

// The bundler names it by its own lights.
Object.defineProperty(library.Buffer, "name", { value: "Buffer", configurable: true });

export { shown };

export const Buffer: typeof library.Buffer = library.Buffer;

/** As Node says it; what is granted depends on the function's memory. */
export const kMaxLength: number = Number.MAX_SAFE_INTEGER;

export const constants: { readonly MAX_LENGTH: number; readonly MAX_STRING_LENGTH: number } = {
  MAX_LENGTH: kMaxLength,
  MAX_STRING_LENGTH: 2 ** 29 - 24,
};
