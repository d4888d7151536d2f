/** Names of protocols, as ALPN has them. */

/** As one text of bytes: each name after its length. */
export function convertALPNProtocols(protocols: unknown, out: { ALPNProtocols?: Uint8Array }): void {
  if (Array.isArray(protocols)) {
    const parts = protocols.map((name) => Buffer.from(name as string));
    out.ALPNProtocols = Buffer.concat(parts.flatMap((part) => [Buffer.from([part.length]), part]));
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  }
}

/** As a list of names, whichever of the two forms is given. */
export function protocolsOf(protocols: unknown): string[] {
  const out: { ALPNProtocols?: Uint8Array } = {};
  convertALPNProtocols(protocols, out);
  const bytes = Buffer.from(out.ALPNProtocols ?? []);
  const names: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) {
    names.push(bytes.toString("latin1", at + 1, at + 1 + (bytes[at] ?? 0)));
  }
  return names;
}
