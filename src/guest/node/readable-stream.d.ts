declare module "readable-stream/lib/stream.js" {
  const stream: unknown;
  export default stream;
}
