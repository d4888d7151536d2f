import { posix } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { CodePackage } from "./package.ts";
import { ShippedMaps } from "./shipped-maps.ts";
import type { KillReport } from "../invocation/kill-report.ts";

/** The guest's own folder; frames of other absolute paths belong to the host. */
const TASK_ROOT = "/var/task/";

/** What names the engine's part of a stack: its guest runtime, isolated-vm and Node's own modules. */
const FOREIGN_SCRIPT = /^(?:isolet:|node:|<isolated-vm)/;

/** Where layers are; a host's files may be there as well. */
const LAYER_ROOT = "/opt/";

/** Longest path of a source that a map may name. */
const SOURCE_LIMIT = 1_024;

const ABSOLUTE_PATH = /^(?:\/|[A-Za-z]:[\\/])/;

interface FramePlace {
  /** Without `file://`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A stack line taken apart: `head` + `file:line:column` + `tail`. */
interface Frame extends FramePlace {
  readonly head: string;
  readonly tail: string;
}

/** What of a package traces are mapped by. */
type MappedCode = Pick<CodePackage, "filename" | "sourceMap" | "sourceMaps"> &
  Partial<Pick<CodePackage, "pack">>;

/**
 * Points stack traces at the files the user wrote: frames of a bundle go through its source map and come out as
 * `at handler (/var/task/src/app.ts:10:9)`, paths being relative to the function's project. Those of an artifact go through
 * the maps it was shipped with, as with Node's `--enable-source-maps`. Code without a map keeps its lines. Frames of isolet, isolated-vm, Node and the host are dropped either way, since a handler's author can do
 * nothing about them.
 *
 * The lines come from the guest, so they may be anything of any length: reading one takes time linear in its length.
 */
export class TraceMapper {
  readonly #filename: string;
  readonly #sourceMap: string | undefined;
  readonly #others: CodePackage["sourceMaps"];
  readonly #shipped: ShippedMaps | undefined;
  readonly #decoded = new Map<string, TraceMap | undefined>();
  readonly #decodedShipped = new Map<string, TraceMap | undefined>();
  readonly #usesShipped: boolean;

  /** With `shipped: false` the maps that an artifact was shipped with are not applied. */
  constructor(code: MappedCode, { shipped = true }: { readonly shipped?: boolean } = {}) {
    this.#filename = code.filename;
    this.#sourceMap = code.sourceMap;
    this.#others = code.sourceMaps;
    this.#usesShipped = shipped;
    this.#shipped = code.pack && new ShippedMaps(code.pack);
  }

  /** Maps the lines of a stack; lines that aren't frames, such as the message's, stay as they are. */
  mapTrace(lines: readonly string[]): string[] {
    return lines.flatMap((line) => this.#mapLine(line) ?? []);
  }

  /** Maps the stack lines within a text, such as a log line that holds an error's stack. */
  mapText(text: string): string {
    return /^[ \t]*at /m.test(text) ? this.mapTrace(text.split("\n")).join("\n") : text;
  }

  /** A kill report with its stack mapped. */
  mapKill(kill: KillReport): KillReport {
    return kill.stack ? Object.freeze({ ...kill, stack: this.mapTrace(kill.stack) }) : kill;
  }

  #mapLine(line: string): string | undefined {
    const location = locationOf(line);
    if (location === undefined) return line;
    if (FOREIGN_SCRIPT.test(location.text)) return undefined;
    const frame = parseFrame(line, location);
    if (!frame) return line;
    if (ABSOLUTE_PATH.test(frame.file) && !this.#isOurs(frame.file)) return undefined;
    const place = this.#mapShipped(this.#mapMade(frame));
    if (place === frame) return line;
    return `${frame.head}${place.file}:${place.line}:${place.column}${frame.tail}`;
  }

  #isOurs(file: string): boolean {
    return file.startsWith(TASK_ROOT) || (file.startsWith(LAYER_ROOT) && this.#shipped?.has(file) === true);
  }

  /** By a map that was made on deploy. */
  #mapMade(frame: FramePlace): FramePlace {
    const found = positionIn(this.#mapOf(frame.file), frame);
    if (!found) return frame;
    const file = frame.file === this.#filename ? guestPath(found.source) : frame.file;
    return { file, line: found.line, column: found.column + 1 };
  }

  /** By a map that the file was shipped with. */
  #mapShipped(place: FramePlace): FramePlace {
    const found = this.#usesShipped ? positionIn(this.#shippedMapOf(place.file), place) : undefined;
    if (!found || found.source.length > SOURCE_LIMIT) return place;
    return { file: found.source.replace(/^file:\/\//, ""), line: found.line, column: found.column + 1 };
  }

  #shippedMapOf(file: string): TraceMap | undefined {
    // Of what is there: anybody can think of names.
    if (!this.#shipped?.has(file) || this.#decodedShipped.has(file)) return this.#decodedShipped.get(file);
    const map = this.#shipped.of(file);
    const decoded = map && decodedMap(map.text, map.place);
    this.#decodedShipped.set(file, decoded);
    return decoded;
  }

  /** Decoded once, at the first frame of the file: most functions never fail. */
  #mapOf(file: string): TraceMap | undefined {
    const known = this.#decoded.get(file);
    if (known) return known;
    const text = file === this.#filename ? this.#sourceMap : this.#others?.get(file);
    if (text === undefined || text === "") return undefined;
    const decoded = new TraceMap(text);
    this.#decoded.set(file, decoded);
    return decoded;
  }
}

/** The map that a text is; undefined when it is none. */
function decodedMap(text: string, place: string): TraceMap | undefined {
  try {
    return new TraceMap(text, place);
  } catch {
    return undefined;
  }
}

interface Position {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** What stood at a place before; undefined when the map doesn't say, as of esbuild's own helpers. */
function positionIn(map: TraceMap | undefined, { line, column }: FramePlace): Position | undefined {
  if (!map || line < 1 || column < 1) return undefined;
  try {
    const found = originalPositionFor(map, { line, column: column - 1 });
    const { source } = found;
    return source === null ? undefined : { source, line: found.line, column: found.column };
  } catch {
    // A map that isn't one shows in its lines only.
    return undefined;
  }
}

interface Location {
  readonly text: string;
  readonly start: number;
}

/** Where the place stands in a line `at name (place)` or `at place`; `undefined` for other lines. */
function locationOf(line: string): Location | undefined {
  const at = line.length - line.trimStart().length;
  if (!line.startsWith("at ", at)) return undefined;
  const inParentheses = line.endsWith(")");
  const open = inParentheses ? line.lastIndexOf("(") + 1 : 0;
  const bare = at + (line.startsWith("at async ", at) ? "at async ".length : "at ".length);
  const start = open > 0 ? open : bare;
  return { start, text: line.slice(start, inParentheses ? -1 : undefined) };
}

/** Reads `file:line:column`; `undefined` for places without one. */
function parseFrame(line: string, { start, text }: Location): Frame | undefined {
  const columnAt = text.lastIndexOf(":");
  const lineAt = text.lastIndexOf(":", columnAt - 1);
  if (lineAt < 1) return undefined;
  const lineNumber = wholeNumber(text.slice(lineAt + 1, columnAt));
  const column = wholeNumber(text.slice(columnAt + 1));
  if (lineNumber === undefined || column === undefined) return undefined;
  const file = text.slice(0, lineAt).replace(/^file:\/\//, "");
  return {
    head: line.slice(0, start),
    file,
    line: lineNumber,
    column,
    tail: line.slice(start + text.length),
  };
}

function wholeNumber(digits: string): number | undefined {
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}

/** A source's path as the guest might know it. Packages above the project, as in a monorepo, lose the way up to them. */
function guestPath(source: string): string {
  const modules = source.startsWith("../") ? source.indexOf("node_modules/") : -1;
  const within = modules >= 0 ? source.slice(modules) : source.replace(/^(?:\.\.\/)+/, "");
  return posix.join(TASK_ROOT, within);
}
