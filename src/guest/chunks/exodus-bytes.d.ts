/** An inner module, which is out of reach of the package's `exports`; the build gives it an alias. */
declare module "@exodus/bytes/fallback/encoding.js" {
  export function setMultibyte(
    createDecoder: (encoding: string, loose: boolean) => (bytes: Uint8Array, stream: boolean) => string,
  ): void;
}
