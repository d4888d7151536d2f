/** `node:readline`. */
import { Interface, type InterfaceOptions } from "./readline/interface.ts";

declare const require: (name: string) => unknown;

interface Output {
  write(text: string): unknown;
}

function control(code: string, stream: Output | null | undefined, done: unknown): boolean {
  if (stream) stream.write(code);
  if (typeof done === "function") process.nextTick(done);
  return true;
}

function cursorTo(stream: Output, x: number, y?: unknown, done?: unknown): boolean {
  const code = typeof y === "number" ? `\u001b[${y + 1};${x + 1}H` : `\u001b[${x + 1}G`;
  return control(code, stream, typeof y === "function" ? y : done);
}

function moveCursor(stream: Output, x: number, y: number, done?: unknown): boolean {
  const across = x === 0 ? "" : `\u001b[${Math.abs(x)}${x < 0 ? "D" : "C"}`;
  const down = y === 0 ? "" : `\u001b[${Math.abs(y)}${y < 0 ? "A" : "B"}`;
  return control(across + down, stream, done);
}

function clearLine(stream: Output, direction: number, done?: unknown): boolean {
  return control(`\u001b[${direction < 0 ? 1 : direction > 0 ? 0 : 2}K`, stream, done);
}

export function create(): object {
  const exports = {
    Interface,
    clearLine,
    clearScreenDown: (stream: Output, done?: unknown) => control("\u001b[0J", stream, done),
    createInterface: (input: InterfaceOptions, output?: Output) => new Interface(input, output),
    cursorTo,
    // No stream of a function's has keys.
    emitKeypressEvents: () => undefined,
    moveCursor,
  };
  return Object.defineProperty(exports, "promises", {
    get: () => require("node:readline/promises"),
    enumerable: true,
    configurable: true,
  });
}
