import { defineInterface } from "../../chunks/web/interface.ts";

interface Fields {
  readonly name: string;
  readonly entryType: string;
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
}

/** Only the runtime may make entries other than marks. */
export const permit: object = {};

export class PerformanceEntry {
  readonly #fields: Fields;

  constructor(given: unknown, fields: Fields) {
    if (given !== permit)
      throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
    this.#fields = fields;
  }

  get name(): string {
    return this.#fields.name;
  }

  get entryType(): string {
    return this.#fields.entryType;
  }

  get startTime(): number {
    return this.#fields.startTime;
  }

  get duration(): number {
    return this.#fields.duration;
  }

  get detail(): unknown {
    return this.#fields.detail;
  }

  toJSON(): object {
    return { ...this.#fields };
  }
}

export class PerformanceMark extends PerformanceEntry {}
export class PerformanceMeasure extends PerformanceEntry {}

defineInterface(PerformanceEntry, "PerformanceEntry", [
  "name",
  "entryType",
  "startTime",
  "duration",
  "toJSON",
]);
defineInterface(PerformanceMark, "PerformanceMark");
defineInterface(PerformanceMeasure, "PerformanceMeasure");
