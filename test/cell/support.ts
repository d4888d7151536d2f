import { Worker } from "node:worker_threads";
import { Board, BOARD_BYTES } from "../../src/cell/board-layout.ts";
import {
  ToCell,
  ToHost,
  type CallEndMessage,
  type CallMessage,
  type CallMoreMessage,
  type CellMessage,
  type CompiledMessage,
  type DoneMessage,
  type EndedMessage,
  type HostMessage,
  type InitFailedMessage,
  type InitializedMessage,
  type InspectedMessage,
  type ListensMessage,
  type LogMessage,
  type PongMessage,
  type ReadyMessage,
  type ReturnedMessage,
} from "../../src/cell/protocol.ts";
import type { GuestFacts } from "../../src/guest/contract.ts";
import { ring } from "../../src/sandbox/bell.ts";
import { cellProgram } from "../../src/sandbox/program.ts";

interface MessageOf {
  readonly [ToHost.Ready]: ReadyMessage;
  readonly [ToHost.Initialized]: InitializedMessage;
  readonly [ToHost.InitFailed]: InitFailedMessage;
  readonly [ToHost.Done]: DoneMessage;
  readonly [ToHost.Log]: LogMessage;
  readonly [ToHost.Ended]: EndedMessage;
  readonly [ToHost.Compiled]: CompiledMessage;
  readonly [ToHost.Pong]: PongMessage;
  readonly [ToHost.Returned]: ReturnedMessage;
  readonly [ToHost.Call]: CallMessage;
  readonly [ToHost.CallMore]: CallMoreMessage;
  readonly [ToHost.CallEnd]: CallEndMessage;
  readonly [ToHost.Listens]: ListensMessage;
  readonly [ToHost.Inspected]: InspectedMessage;
}

/** What a function that is tested knows of itself. */
export const FACTS: Omit<GuestFacts, "logStreamName"> = {
  functionName: "test",
  functionVersion: "1",
  functionArn: "arn:aws:lambda:us-east-1:000000000000:function:test",
  memoryMb: 128,
  logGroupName: "/aws/lambda/test",
  handler: "index.handler",
  runtime: "nodejs24.x",
  responseLimitBytes: 1_048_576,
  errorBytes: 65_536,
  permissions: {},
  logFormat: "text",
  environment: {},
  filename: "/var/task/index.js",
};

/** The limits that a definition carries. */
export const LIMITS = {
  cpuMs: 60_000,
  logLines: 10_000,
  logBytes: 8_388_608,
  timers: 10_000,
  hostCalls: 1_000,
  errorBytes: 65_536,
  inspect: "off" as "off" | "on" | "break",
};

type Limits = typeof LIMITS;

/** The real cell program in a real thread, spoken to in its own protocol. */
export class CellUnderTest implements AsyncDisposable {
  readonly received: CellMessage[] = [];
  readonly #board = new SharedArrayBuffer(BOARD_BYTES);
  readonly #bell = new Int32Array(this.#board);
  readonly #worker: Worker;
  readonly #waiting = new Set<() => void>();
  #environment = 0;
  #number = 0;
  #version = 0;
  #job = 0;

  constructor() {
    this.#worker = new Worker(cellProgram(), {
      workerData: { board: this.#board },
      env: {},
      resourceLimits: { stackSizeMb: 8 },
    });
    this.#worker.on("message", (batch: readonly CellMessage[]) => {
      this.received.push(...batch);
      for (const look of this.#waiting) look();
    });
  }

  /** How many runs of guests there have been. */
  get runs(): number {
    return Atomics.load(new Int32Array(this.#board), Board.Run);
  }

  /** As the host does to keep an invocation from starting. */
  revoke(number: number): void {
    Atomics.store(new Int32Array(this.#board), Board.Numbers + (number % Board.Slots), -number);
  }

  post(...batch: HostMessage[]): void {
    this.#worker.postMessage(batch);
    ring(this.#bell);
  }

  /** The first message of that kind that fits, now or when it comes. */
  async next<Kind extends keyof MessageOf>(
    kind: Kind,
    fits: (message: MessageOf[Kind]) => boolean = () => true,
  ): Promise<MessageOf[Kind]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.all(kind).find(fits);
        if (!found) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  all<Kind extends keyof MessageOf>(kind: Kind): MessageOf[Kind][] {
    return this.received.filter((message): message is CellMessage & MessageOf[Kind] => message[0] === kind);
  }

  /** Sees to it that everything sent before has been read. */
  async settled(): Promise<void> {
    const number = ++this.#number + 1_000_000;
    this.post([ToCell.Ping, number]);
    await this.next(ToHost.Pong, (message) => message[1] === number);
  }

  async compile(
    source: string,
    format?: "esm" | "commonjs",
    filename = "/var/task/index.js",
  ): Promise<CompiledMessage> {
    const job = ++this.#job;
    this.post([ToCell.Compile, job, source, format, filename]);
    return this.next(ToHost.Compiled, (message) => message[1] === job);
  }

  define(
    source: string,
    options: {
      format?: "esm" | "commonjs";
      cachedData?: Uint8Array;
      memoryMb?: number;
      runtime?: string;
      concurrency?: number;
      limits?: Partial<Limits>;
      permissions?: GuestFacts["permissions"];
    } = {},
  ): number {
    const { format = "esm", cachedData, memoryMb = 128, runtime = FACTS.runtime, concurrency = 1 } = options;
    const version = ++this.#version;
    const limits = { ...LIMITS, ...options.limits };
    const { errorBytes } = limits;
    const { permissions = {} } = options;
    const factsText = JSON.stringify({ ...FACTS, runtime, errorBytes, permissions });
    const filename = "/var/task/index.js";
    this.post([
      ToCell.Define,
      version,
      { factsText, source, format, filename, memoryMb, concurrency, cachedData, pack: undefined, ...limits },
    ]);
    return version;
  }

  /** Makes an environment and waits for its init, however it ends. */
  async create(version: number, timeoutMs = 5_000): Promise<InitializedMessage | InitFailedMessage> {
    const id = ++this.#environment;
    this.post([ToCell.Create, id, version, timeoutMs, "stream"]);
    return Promise.race([
      this.next(ToHost.Initialized, (message) => message[1] === id),
      this.next(ToHost.InitFailed, (message) => message[1] === id),
    ]);
  }

  /** An initialised environment of that source. */
  async load(source: string, options: Parameters<CellUnderTest["define"]>[1] = {}): Promise<number> {
    const message = await this.create(this.define(source, options));
    if (message[0] === ToHost.InitFailed) throw new Error(`init failed: ${message[3]}`);
    return message[1];
  }

  /** Sends an invocation and gives its number. */
  send(environment: number, payload: unknown = null, timeoutMs = 5_000): number {
    const [number = 0] = this.sendTogether(environment, [payload], timeoutMs);
    return number;
  }

  /** Sends invocations in one batch and gives their numbers; `extras` are those of each. */
  sendTogether(environment: number, payloads: readonly unknown[], timeoutMs = 5_000, extras = ""): number[] {
    const messages = payloads.map((payload): HostMessage => {
      const number = ++this.#number;
      return [
        ToCell.Invoke,
        environment,
        number,
        `req-${number}`,
        timeoutMs,
        JSON.stringify(payload),
        extras,
      ];
    });
    this.post(...messages);
    return messages.map(([, , number]) => number as number);
  }

  async answerTo(number: number): Promise<DoneMessage> {
    return this.next(ToHost.Done, (message) => message[2] === number);
  }

  async invoke(environment: number, payload: unknown = null, timeoutMs = 5_000): Promise<DoneMessage> {
    return this.answerTo(this.send(environment, payload, timeoutMs));
  }

  /** What the handler gave, parsed. */
  async call(environment: number, payload: unknown = null): Promise<unknown> {
    const [, , , outcome, text] = await this.invoke(environment, payload);
    if (outcome !== 0) throw new Error(`outcome ${outcome}: ${text}`);
    return JSON.parse(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
