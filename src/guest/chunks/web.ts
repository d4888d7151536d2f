/** Web interfaces that most functions never touch. */
export { abortError } from "./web/abort.ts";
export { atob, btoa } from "./web/base64.ts";
export { DOMException, isDomException } from "./web/dom-exception.ts";
export { defineHandler, dispatchTrusted } from "./web/event-target.ts";
export { createWeb, type WebInterfaces } from "./web/events.ts";
