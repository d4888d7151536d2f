declare module "core-js-pure/modules/web.structured-clone";

declare module "core-js-pure/internals/path" {
  const path: { readonly structuredClone: (value: unknown, options?: unknown) => unknown };
  export default path;
}
