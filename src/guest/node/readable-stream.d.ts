declare module "readable-stream/lib/stream.js" {
  const stream: unknown;
  export default stream;
}

declare module "readable-stream/lib/ours/errors.js" {
  const errors: unknown;
  export default errors;
}
