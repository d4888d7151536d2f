import * as library from "buffer/";
import { addBase64Url } from "./buffer/base64url.ts";
import { decodeUtf8ByStandard } from "./buffer/utf8.ts";

decodeUtf8ByStandard(library.Buffer);
addBase64Url(library.Buffer);

export const Buffer: typeof library.Buffer = library.Buffer;

export const kMaxLength: number = 2 ** 31 - 1;

export const constants: { readonly MAX_LENGTH: number; readonly MAX_STRING_LENGTH: number } = {
  MAX_LENGTH: kMaxLength,
  MAX_STRING_LENGTH: 2 ** 29 - 24,
};
