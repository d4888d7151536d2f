import { callText, CallReply, GuestMessage, GuestQuestion, SERVICE_RESULT } from "../contract.ts";
import type { CallError } from "../contract.ts";
import type { Frames } from "./globals/frames.ts";
import type { HostPort } from "./host.ts";
import {
  jsonParse,
  mapDelete,
  mapGet,
  mapSet,
  objectDefineProperty,
  record,
  SafeError,
  SafeMap,
  SafePromise,
  SafeRangeError,
  SafeTypeError,
  stringSlice,
  stringStartsWith,
} from "./primordials.ts";

/** What becomes of an open call. One of the last two is called, once. */
interface CallListener {
  /** A part has come. */
  part?(text: string): void;
  done(text: string): void;
  failed(error: Error): void;
}

/** An open call. */
export interface Call {
  /** Sends more for it. */
  more(text: string): void;
  /** Whether it holds invocations open, as calls do unless told otherwise. */
  hold(held: boolean): void;
  /** Nothing more is wanted of it: its listener hears nothing from now on. */
  end(): void;
}

/** How the runtime reaches the cell's services and the host. Texts only; bytes go as Latin-1. */
export interface Calls {
  /** Has a service of the cell's do something at once. @throws what the service says. */
  ask(operation: string, argument: string): string;
  open(operation: string, argument: string, listener: CallListener): Call;
  /** A call with one answer. */
  request(operation: string, argument: string): Promise<string>;
  /** A reply has come. */
  reply(id: number, kind: number, text: string): void;
}

export function createCalls(host: HostPort, frames: Frames): Calls {
  const open = new SafeMap<number, CallListener>();
  let last = 0;

  function begin(operation: string, argument: string, listener: CallListener): Call {
    last = last === 0x7fff_ffff ? 1 : last + 1;
    const id = last;
    host.send(GuestMessage.Call, id, callText(operation, argument));
    mapSet(open, id, frames.isUsed ? bound(listener, frames) : listener);
    return {
      more: (text) => {
        if (mapGet(open, id)) host.send(GuestMessage.CallMore, id, text);
      },
      hold: (held) => {
        if (mapGet(open, id)) host.send(GuestMessage.CallHold, id, held ? "1" : "0");
      },
      end: () => {
        if (mapDelete(open, id)) host.send(GuestMessage.CallEnd, id, "");
      },
    };
  }

  return {
    ask(operation, argument) {
      const answer = host.ask(GuestQuestion.Service, callText(operation, argument));
      const rest = stringSlice(answer, 1);
      if (stringStartsWith(answer, SERVICE_RESULT)) return rest;
      throw errorOf(rest);
    },
    open: begin,
    request: (operation, argument) =>
      new SafePromise<string>((resolve, reject) => {
        begin(operation, argument, { done: resolve, failed: reject });
      }),
    reply(id, kind, text) {
      const listener = mapGet(open, id);
      if (!listener) return;
      if (kind === CallReply.Part) {
        listener.part?.(text);
        return;
      }
      mapDelete(open, id);
      if (kind === CallReply.Done) listener.done(text);
      else listener.failed(errorOf(text));
    },
  };
}

/** A listener that hears in the frame of now. */
function bound(listener: CallListener, frames: Frames): CallListener {
  return {
    part: frames.bind((text: string) => listener.part?.(text)),
    done: frames.bind((text: string) => listener.done(text)),
    failed: frames.bind((error: Error) => listener.failed(error)),
  };
}

/** The error that a `CallError` stands for, with this place as its stack. */
function errorOf(text: string): Error {
  const { name, message, code } = (text === "" ? {} : jsonParse(text)) as Partial<CallError>;
  const known = name === "TypeError" ? SafeTypeError : name === "RangeError" ? SafeRangeError : undefined;
  const error = known ? new known(message) : new SafeError(message ?? "The runtime's service failed.");
  if (!known && name !== undefined && name !== "Error") define(error, "name", name);
  if (code !== undefined) define(error, "code", code);
  return error;
}

function define(error: Error, name: string, value: string): void {
  objectDefineProperty(
    error,
    name,
    record({ value, writable: true, configurable: true, enumerable: name === "code" }),
  );
}
