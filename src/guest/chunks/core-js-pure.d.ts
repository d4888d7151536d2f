declare module "core-js-pure/actual/structured-clone" {
  export default function structuredClone(value: unknown, options?: unknown): unknown;
}
