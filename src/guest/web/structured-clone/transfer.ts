import type { Parts } from "../../runtime/globals/parts.ts";
import { dataCloneError } from "./data-clone-error.ts";

export interface Transfers {
  /** Moves `item`, when called. @throws DataCloneError when it can't be moved. */
  of(item: unknown): () => unknown;
}

export function createTransfers(parts: Parts): Transfers {
  return {
    of(item) {
      const buffer = bufferMove(item);
      if (buffer) return buffer;
      for (const cloner of parts.cloners) {
        if (typeof item === "object" && item !== null && cloner.isMovable?.(item)) {
          const move = cloner.move?.(item);
          if (move) return move;
          throw dataCloneError("An object in the transfer list is in use and can't be transferred.");
        }
      }
      throw dataCloneError("A value in the transfer list can't be transferred.");
    },
  };
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get as () => number;

function bufferMove(item: unknown): (() => unknown) | undefined {
  try {
    byteLength.call(item);
  } catch {
    return undefined;
  }
  const buffer = item as ArrayBuffer;
  if (buffer.detached) throw dataCloneError("An ArrayBuffer is detached and could not be transferred.");
  return () => ArrayBuffer.prototype.transfer.call(buffer);
}
