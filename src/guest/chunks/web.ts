/** Web interfaces that most functions never touch. */
export { abortError } from "./web/abort.ts";
export { atob, btoa } from "./web/base64.ts";
export { DOMException } from "./web/dom-exception.ts";
export { createWeb } from "./web/events.ts";
