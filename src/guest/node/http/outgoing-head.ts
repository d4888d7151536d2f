/** What the head of a message is made by, and what making it decides. */
interface Head {
  readonly shouldKeepAlive: boolean;
  readonly useChunkedEncodingByDefault: boolean;
  readonly sendDate: boolean;
  readonly agent?: unknown;
  readonly _hasBody: boolean;
  readonly _contentLength: number | null;
  readonly _removedConnection: boolean;
  readonly _removedContLen: boolean;
  readonly _removedTE: boolean;
  _last: boolean;
  chunkedEncoding: boolean;
}

type Line = readonly [name: string, value: string];

/** First line and headers, with those that nobody set: date, connection, and how the body's length is told. */
export function headText(message: Head, firstLine: string, lines: readonly Line[]): string {
  const find = (name: string): Line | undefined => lines.find(([given]) => given.toLowerCase() === name);
  const all = lines.map(([name, value]) => `${name}: ${value}\r\n`);
  if (message.sendDate && !find("date")) all.push(`Date: ${new Date().toUTCString()}\r\n`);
  const length = find("content-length");
  const encoding = find("transfer-encoding");
  if (encoding) message.chunkedEncoding = /(?:^|\W)chunked(?:$|\W)/i.test(encoding[1]);
  all.push(connectionLine(message, find("connection"), length !== undefined));
  if (!message._hasBody) message.chunkedEncoding = false;
  else if (!length && !encoding) all.push(lengthLine(message, find("trailer") !== undefined));
  return `${firstLine}${all.join("")}\r\n`;
}

function connectionLine(message: Head, given: Line | undefined, hasLength: boolean): string {
  if (given) {
    if (/(?:^|\W)close(?:$|\W)/i.test(given[1])) message._last = true;
    return "";
  }
  const stays =
    message.shouldKeepAlive && (hasLength || message.useChunkedEncodingByDefault || Boolean(message.agent));
  message._last = !stays;
  if (message._removedConnection) return "";
  return stays ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
}

function lengthLine(message: Head, hasTrailer: boolean): string {
  if (!message.useChunkedEncodingByDefault) {
    message._last = true;
    return "";
  }
  if (!hasTrailer && !message._removedContLen && typeof message._contentLength === "number") {
    return `Content-Length: ${message._contentLength}\r\n`;
  }
  if (message._removedTE) {
    message._last = true;
    return "";
  }
  message.chunkedEncoding = true;
  return "Transfer-Encoding: chunked\r\n";
}
