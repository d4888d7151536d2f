/** The package's own types are out of reach of its `exports`. What is used of it: */
declare module "event-target-shim" {
  export interface EventInit {
    readonly bubbles?: boolean;
    readonly cancelable?: boolean;
    readonly composed?: boolean;
  }

  export class Event {
    constructor(type: string, init?: EventInit);
    readonly type: string;
  }

  export interface ListenerOptions {
    readonly once?: boolean;
  }

  export class EventTarget {
    addEventListener(type: string, listener: (event: Event) => unknown, options?: ListenerOptions): void;
    removeEventListener(type: string, listener: (event: Event) => unknown): void;
    dispatchEvent(event: Event): boolean;
  }

  export function setErrorHandler(handler: (error: unknown) => void): void;
  export function setWarningHandler(handler: (warning: unknown) => void): void;
}
