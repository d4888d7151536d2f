import { Blob } from "./blob.ts";
import { integer } from "./idl.ts";
import { defineInterface, dictionary, requireArguments, text } from "../../chunks/web/interface.ts";

export class File extends Blob {
  readonly #name: string;
  readonly #lastModified: number;

  constructor(sources: unknown, name: unknown, options?: unknown) {
    requireArguments(arguments.length, 2, "File");
    super(sources, options);
    this.#name = text(name).toWellFormed();
    const { lastModified } = dictionary(options, "options");
    this.#lastModified = lastModified === undefined ? Date.now() : integer(lastModified, false);
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }
}

Object.defineProperty(File, "length", { value: 2, configurable: true });
defineInterface(File, "File", ["name", "lastModified"]);

export function sameFile(file: File): File {
  const { name, type, lastModified } = file;
  return new File([file], name, { type, lastModified });
}
