/** What is used of undici's inner modules, which have no types of their own. */
declare module "undici/lib/web/fetch/index.js" {
  export function fetch(input: unknown, init?: unknown): Promise<unknown>;
}

declare module "undici/lib/web/fetch/formdata.js" {
  export const FormData: unknown;
}

declare module "undici/lib/web/fetch/headers.js" {
  export const Headers: unknown;
}

declare module "undici/lib/web/fetch/request.js" {
  export const Request: unknown;
}

declare module "undici/lib/web/fetch/response.js" {
  export const Response: unknown;
}
