import type { Parts } from "../../runtime/globals/parts.ts";
import { defineInterface, invalidType, requireArguments } from "../../chunks/web/interface.ts";
import type { Cloning } from "../../runtime/globals/cloners.ts";

interface Message {
  readonly data: unknown;
  readonly ports: readonly unknown[];
}

/** One end of a channel; it stays when its port is transferred. */
interface End {
  other: End | undefined;
  port: EventTarget | undefined;
  readonly queue: Message[];
  enabled: boolean;
  scheduled: boolean;
}

/** Only this module may make ports. */
const permit = {};

export function createMessaging(parts: Parts): object {
  const { chunks, timers, intrinsics } = parts;
  const { defineHandler, dispatchTrusted } = chunks.load("web");
  const cloning = (): Cloning => parts.webChunk("structured-clone") as Cloning;
  const MessageEventClass = intrinsics.get("MessageEvent") as new (type: string, init: object) => Event;

  let portOf: (end: End) => MessagePort;
  /** Its end, which it has no more then. */
  let detach: (port: MessagePort) => End | undefined;
  let isPort: (value: object) => value is MessagePort;
  let isDetached: (port: MessagePort) => boolean;

  class MessagePort extends EventTarget {
    #end: End | undefined;
    readonly #wrapped = new Map<unknown, (event: { readonly data?: unknown }) => unknown>();

    static {
      portOf = (end) => {
        const port = new MessagePort(permit);
        port.#end = end;
        end.port = port;
        return port;
      };
      detach = (port) => {
        const end = port.#end;
        port.#end = undefined;
        if (end) {
          end.port = undefined;
          end.enabled = false;
        }
        return end;
      };
      isPort = (value): value is MessagePort => #end in value;
      isDetached = (port) => port.#end === undefined;
    }

    constructor(given?: unknown) {
      if (given !== permit) {
        throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_CONSTRUCT_CALL_INVALID" });
      }
      super();
    }

    postMessage(message: unknown, options?: unknown): void {
      requireArguments(arguments.length, 1, "postMessage");
      const transfer = Array.isArray(options) ? options : cloning().transferList(options);
      if (transfer.includes(this)) {
        throw new DOMException("A port can't be transferred through itself", "DataCloneError");
      }
      const { value, moved } = cloning().cloneAll(message, transfer);
      const other = this.#end?.other;
      if (!other) return;
      const ports = moved.filter((item) => item instanceof MessagePort);
      other.queue.push({ data: value, ports });
      schedule(other);
    }

    start(): void {
      if (!this.#end || this.#end.enabled) return;
      this.#end.enabled = true;
      schedule(this.#end);
    }

    close(): void {
      const end = detach(this);
      if (!end) return;
      const { other } = end;
      end.other = undefined;
      timers.setImmediate(() => this.dispatchEvent(new Event("close")));
      if (!other) return;
      other.other = undefined;
      timers.setImmediate(() => other.port?.dispatchEvent(new Event("close")));
    }

    /** As Node's: `message` listeners get the message itself. */
    on(type: string, listener: (value: unknown) => unknown): this {
      if (typeof listener !== "function") throw invalidType("The listener must be a function.");
      const wrapped = (event: { readonly data?: unknown }): unknown => listener.call(this, event.data);
      this.#wrapped.set(listener, wrapped);
      this.addEventListener(type, wrapped as never);
      if (type === "message") this.start();
      return this;
    }

    once(type: string, listener: (value: unknown) => unknown): this {
      const once = (value: unknown): unknown => {
        this.off(type, once);
        return listener.call(this, value);
      };
      return this.on(type, once);
    }

    off(type: string, listener: (value: unknown) => unknown): this {
      this.removeEventListener(type, this.#wrapped.get(listener) as never);
      return this;
    }

    ref(): this {
      return this;
    }

    unref(): this {
      return this;
    }
  }

  /** One message to a task, as long as there are some. */
  function schedule(end: End): void {
    if (end.scheduled || !end.enabled || end.queue.length === 0) return;
    end.scheduled = true;
    timers.setImmediate(() => {
      end.scheduled = false;
      const message = end.enabled ? end.queue.shift() : undefined;
      schedule(end);
      if (message && end.port)
        dispatchTrusted(end.port as never, new MessageEventClass("message", message) as never);
    });
  }

  class MessageChannel {
    readonly #ports: readonly [MessagePort, MessagePort];

    constructor() {
      const first: End = { other: undefined, port: undefined, queue: [], enabled: false, scheduled: false };
      const second: End = { ...first, other: first, queue: [] };
      first.other = second;
      this.#ports = [portOf(first), portOf(second)];
    }

    get port1(): MessagePort {
      return this.#ports[0];
    }

    get port2(): MessagePort {
      return this.#ports[1];
    }
  }

  for (const type of ["message", "messageerror", "close"]) {
    defineHandler(MessagePort as never, type, (self) => {
      if (type === "message") (self as unknown as MessagePort).start();
    });
  }
  parts.cloners.push({
    is: (value) => isPort(value),
    prepare() {
      throw new DOMException(
        "Object that needs transfer was found in message but not listed in transferList",
        "DataCloneError",
      );
    },
    isMovable: (value) => isPort(value),
    move(value) {
      const port = value as MessagePort;
      if (isDetached(port)) return undefined;
      return () => portOf(detach(port) as End);
    },
  });
  defineInterface(MessagePort, "MessagePort", ["postMessage", "start", "close"]);
  defineInterface(MessageChannel, "MessageChannel", ["port1", "port2"]);
  return { MessageChannel, MessagePort };
}
