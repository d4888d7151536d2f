/** `stream.duplexPair`: two ends, each of which reads what is written to the other. */
import type { Duplex } from "node:stream";

type DuplexClass = new (options?: object) => Duplex;
type Done = (error?: Error | null) => void;

export function duplexPair(Base: DuplexClass, options?: object): [Duplex, Duplex] {
  class Side extends Base {
    other: Side | undefined;
    waiting: Done | undefined;

    override _read(): void {
      const done = this.waiting;
      this.waiting = undefined;
      done?.();
    }

    override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
      const { other } = this;
      if (!other) return;
      if (chunk.length === 0) process.nextTick(done);
      else {
        other.push(chunk);
        other.waiting = done;
      }
    }

    override _final(done: Done): void {
      this.other?.on("end", done);
      this.other?.push(null);
    }
  }
  const first = new Side(options);
  const second = new Side(options);
  first.other = second;
  second.other = first;
  return [first, second];
}
