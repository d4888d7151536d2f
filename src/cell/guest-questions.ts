import { GuestQuestion } from "../guest/contract.ts";
import type { GuestMeasures } from "../guest/contract.ts";
import { answer } from "./answers.ts";
import type { Services } from "./services/table.ts";
import type { GuestAssets } from "./assets.ts";
import type { GenericEnvironment } from "./generic-environment.ts";

/** What the questions are called in kill reports. */
const NAMES: Readonly<Record<number, string>> = {
  [GuestQuestion.LoadChunk]: "load-chunk",
  [GuestQuestion.RandomBytes]: "random-bytes",
  [GuestQuestion.RandomUuid]: "random-uuid",
  [GuestQuestion.ParseUrl]: "parse-url",
  [GuestQuestion.Now]: "now",
  [GuestQuestion.Measure]: "measure",
};

/** Longest name of an operation that is looked at. */
const OPERATION_LENGTH = 64;

/**
 * Answers what a guest asks, and remembers what it asked last. It waits for each answer, so that there is never more than
 * one question, and answering counts for its time and its CPU.
 */
export class GuestQuestions {
  readonly #generic: GenericEnvironment;
  readonly #assets: GuestAssets;
  readonly #services: Services;
  #last = 0;
  #operation = "";

  constructor(generic: GenericEnvironment, assets: GuestAssets, services: Services) {
    this.#generic = generic;
    this.#assets = assets;
    this.#services = services;
  }

  /** Name of the last question, if there was one. */
  get last(): string | undefined {
    return this.#last === GuestQuestion.Service ? this.#operation : NAMES[this.#last];
  }

  readonly answer = (kind: number, text: string): string => {
    this.#last = kind;
    if (kind === GuestQuestion.Service) return this.#serve(text);
    if (kind === GuestQuestion.Measure) return this.#measure();
    return kind === GuestQuestion.LoadChunk ? this.#loadChunk(text) : answer(kind, text);
  };

  #serve(text: string): string {
    const cut = text.indexOf("\n");
    this.#operation = text.slice(0, Math.max(0, Math.min(cut, OPERATION_LENGTH)));
    return this.#services.ask(this.#operation, text.slice(cut + 1));
  }

  #measure(): string {
    const { isolate, cpuNs } = this.#generic;
    const heap = isolate.getHeapStatisticsSync();
    const measures: GuestMeasures = {
      heapTotalBytes: heap.total_heap_size,
      heapUsedBytes: heap.used_heap_size,
      externalBytes: heap.externally_allocated_size,
      heapLimitBytes: heap.heap_size_limit,
      cpuUs: Math.round(Number(cpuNs) / 1_000),
    };
    return JSON.stringify(measures);
  }

  #loadChunk(name: string): string {
    const chunk = this.#assets.chunk(name);
    if (!chunk) return "missing";
    const script = chunk.compile(this.#generic.isolate);
    // Runs inside the run that asked for it and so under that run's timeout.
    script.runSync(this.#generic.context);
    script.release();
    if (!chunk.hasCache) chunk.keepCache(this.#generic.isolate);
    return "";
  }
}
