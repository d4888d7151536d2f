import type { IncomingMessage } from "node:http";

/** How reading a request's body ended: all of it, or why not. */
export type BodyOutcome =
  | { readonly kind: "read"; readonly body: Buffer | undefined }
  | { readonly kind: "too-large" }
  /** The client went away. */
  | { readonly kind: "gone" }
  /** The source stopped meanwhile. */
  | { readonly kind: "stopped" }
  /** Something before this listener, such as a body parser, has read it. */
  | { readonly kind: "consumed" };

/** Whether a request says that a body follows. */
export function announcesBody(request: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

/** Reads bodies up to a limit, and can leave them all at once. */
export class BodyReader {
  readonly #limitBytes: number;
  readonly #open = new Set<(outcome: BodyOutcome) => void>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Ends every reading under way with `stopped`. */
  stop(): void {
    for (const finish of [...this.#open]) finish({ kind: "stopped" });
  }

  read(request: IncomingMessage): Promise<BodyOutcome> {
    if (request.readableEnded) return Promise.resolve({ kind: "consumed" });
    if (Number(request.headers["content-length"] ?? 0) > this.#limitBytes) {
      this.#discard(request);
      return Promise.resolve({ kind: "too-large" });
    }
    return new Promise((resolve) => this.#collect(request, resolve));
  }

  #collect(request: IncomingMessage, resolve: (outcome: BodyOutcome) => void): void {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (outcome: BodyOutcome): void => {
      if (!this.#open.delete(finish)) return;
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      if (outcome.kind === "too-large" || outcome.kind === "stopped") this.#discard(request);
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > this.#limitBytes) finish({ kind: "too-large" });
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      finish({ kind: "read", body: sizeBytes > 0 ? Buffer.concat(chunks) : undefined });
    const onClose = (): void => finish({ kind: "gone" });
    this.#open.add(finish);
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  }

  /**
   * Lets the rest of a refused body pass, so that the client gets to read its answer instead of a broken connection; but
   * not endlessly, or it would be a way to keep the host receiving for nothing.
   */
  #discard(request: IncomingMessage): void {
    let restBytes = 2 * this.#limitBytes + 65_536;
    request.on("error", ignore);
    request.on("data", (chunk: Buffer) => {
      restBytes -= chunk.length;
      if (restBytes < 0) request.destroy();
    });
    request.resume();
  }
}

/** A refused request may break off as it likes. */
function ignore(): void {
  // Nobody waits for it.
}
