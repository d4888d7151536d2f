/** The handler that everyone runs: an echo with one field added, async as Lambda's handlers are. */
const HANDLER = `async (event) => ({ ...event, seen: true })`;

/** As an ES module for isolet. */
export const HANDLER_MODULE: string = `export const handler = ${HANDLER};\n`;

/**
 * As a script for a bare isolate: gives a function that takes JSON text and promises JSON text, so that the same JSON
 * work is done as for isolet.
 */
export const HANDLER_SCRIPT: string = `
const handler = ${HANDLER};
(async (text) => JSON.stringify(await handler(JSON.parse(text))));
`;

/**
 * As a script whose function answers through `send(number, text)` within the call: isolated-vm can't wait for a promise
 * in a synchronous call, whose end runs all microtasks.
 */
export const HANDLER_SENDING_SCRIPT: string = `
const handler = ${HANDLER};
((send) => (number, text) => {
  handler(JSON.parse(text)).then((value) => send(number, JSON.stringify(value)));
});
`;

/** Limit of one run, as isolet's default `timeoutMs`. */
export const TIMEOUT_MS = 3_000;

/** Heap limit, as isolet's default `memoryMb`. */
export const MEMORY_MB = 128;
