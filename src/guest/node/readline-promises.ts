/** `node:readline/promises`. */
import { type InterfaceOptions, PromiseInterface } from "./readline/interface.ts";
import { refusedClass } from "./shared/refuse.ts";

interface Output {
  write(text: string): unknown;
}

export function create(): object {
  return {
    Interface: PromiseInterface,
    Readline: refusedClass("readline/promises", "Readline", "a function has no terminal."),
    createInterface: (input: InterfaceOptions, output?: Output) => new PromiseInterface(input, output),
  };
}
