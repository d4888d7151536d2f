import { styleText } from "node:util";

/** Where a report goes. `process.stdout` is one; tests bring their own. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Whether the terminal shows colours; Node's answer takes `NO_COLOR` and `TERM` into account. */
  hasColors?(): boolean;
}

/** Puts a text into a colour, or leaves it as it is. */
export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
  /** Characters beyond ASCII are for terminals; a pipe may end in anything. */
  readonly rule: string;
  readonly times: string;
}

const asItIs: Paint = (text) => text;

export function styleFor(output: Output): Style {
  const coloured = output.isTTY === true && (output.hasColors?.() ?? false);
  const paint = (format: "bold" | "dim" | "green" | "yellow" | "red"): Paint =>
    coloured ? (text) => styleText(format, text, { validateStream: false }) : asItIs;
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    green: paint("green"),
    yellow: paint("yellow"),
    red: paint("red"),
    rule: output.isTTY === true ? "─" : "-",
    times: output.isTTY === true ? "×" : "x",
  };
}
