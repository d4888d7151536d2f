import { resolve } from "node:path";
import type { BuildFailure, Location, Message } from "esbuild";
import { InvalidCodeError, type IsoletError, PlatformError } from "../base/errors.ts";

/** Problems shown in one message; the rest are counted. */
const SHOWN_PROBLEMS = 5;

/** A source line is shown to this many characters: a minified one would bury the message. */
const SHOWN_LINE_LENGTH = 160;

/** How esbuild begins the problems that Lambda would report as a failed import; all others are about syntax. */
const IMPORT_PROBLEM = /^(?:Could not|Cannot|No loader)/;

const UNRESOLVED = /^Could not resolve "(.+)"/;

/**
 * The error to throw when bundling `entry` failed: every problem with its file, line, column and code frame, paths being
 * absolute so that terminals and editors can follow them. `root` is the folder that esbuild's paths are relative to.
 */
export function bundleFailure(subject: string, entry: string, root: string, cause: unknown): IsoletError {
  if (!isBuildFailure(cause))
    return new PlatformError(`${subject}: esbuild could not be run on ${entry}.`, cause);
  const { errors } = cause;
  const shown = errors.slice(0, SHOWN_PROBLEMS).map((problem) => describeProblem(problem, root));
  const rest = errors.length - shown.length;
  if (rest > 0) shown.push(`… and ${rest} more`);
  const isImport = IMPORT_PROBLEM.test(errors[0]?.text ?? "");
  return new InvalidCodeError(
    `${subject}: ${entry} can't be bundled.\n${shown.join("\n")}`,
    isImport ? "Runtime.ImportModuleError" : "Runtime.UserCodeSyntaxError",
    cause,
  );
}

/** A call that asks for a module, up to its name. */
const ASKING = /\b(?:import|require(?:\.resolve)?)\($/;

const OF_PACKAGE = /(?:^|[\\/])node_modules[\\/]/;

/**
 * The modules that were not found, if packages ask for all of them, and by calls: what is optional to a package is missing
 * when it asks, as in Node, and not before.
 */
export function missingInPackages(cause: unknown): readonly string[] | undefined {
  if (!isBuildFailure(cause)) return undefined;
  const missing = cause.errors.map(({ text, location }) => {
    if (!location || !OF_PACKAGE.test(location.file)) return undefined;
    const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
    return ASKING.test(before) ? UNRESOLVED.exec(text)?.[1] : undefined;
  });
  return missing.includes(undefined) ? undefined : (missing as string[]);
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return (
    error instanceof Error && "errors" in error && Array.isArray(error.errors) && error.errors.length > 0
  );
}

function describeProblem({ text, location, notes }: Message, root: string): string {
  const lines = [location ? `${place(location, root)}: ${text}` : text];
  if (location) lines.push(...codeFrame(location));
  const hint = hintFor(text);
  if (hint) lines.push(`  ${hint}`);
  // Notes without a place are advice on esbuild's own options, which nobody can set here.
  for (const note of notes) if (note.location) lines.push(`  ${place(note.location, root)}: ${note.text}`);
  return lines.join("\n");
}

function place(location: Location, root: string): string {
  const file =
    location.namespace === "" || location.namespace === "file" ? resolve(root, location.file) : location.file;
  return `${file}:${location.line}:${characterColumn(location) + 1}`;
}

/** esbuild counts bytes; editors count characters. */
function characterColumn({ lineText, column }: Location): number {
  return Buffer.from(lineText).subarray(0, column).toString().length;
}

function codeFrame(location: Location): string[] {
  const { lineText, length } = location;
  const column = characterColumn(location);
  if (column >= SHOWN_LINE_LENGTH) return [];
  const text = lineText.slice(0, SHOWN_LINE_LENGTH);
  const indent = text.slice(0, column).replaceAll(/[^\t]/g, " ");
  const marks = "~".repeat(Math.max(1, Math.min(length, text.length - column)));
  return [`    ${text}`, `    ${indent}${length > 1 ? marks : "^"}`];
}

function hintFor(text: string): string | undefined {
  if (/\.node"? (?:files|file)/.test(text)) {
    return "Native add-ons can't run in an isolate; use a package written in JavaScript.";
  }
  if (text.startsWith("No loader"))
    return 'Importable are JavaScript, TypeScript, JSX, JSON, CSS, text and .wasm files, and others with { type: "text" } or { type: "bytes" }.';
  const unresolved = UNRESOLVED.exec(text)?.[1];
  if (unresolved === undefined) return undefined;
  const isPackage = /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?:\/|$)/.exec(unresolved);
  if (!isPackage) return "Check the path; it is relative to the importing file.";
  return `Install the package where the function's code is: npm install ${isPackage[0].replace(/\/$/, "")}`;
}
