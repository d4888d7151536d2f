/** The handlers that everybody runs, each an expression that stands by itself. */
const SOURCES = {
  /** One field added. */
  echo: `async (event) => ({ ...event, seen: true })`,
  /** So many rounds of integer arithmetic: the same work for every engine, whatever its clock shows. */
  cpu: `async (event) => {
    let x = event.id | 0;
    for (let i = 0; i < event.loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
    return { x };
  }`,
  /** Waits by a timer. */
  wait: `async (event) => {
    await new Promise((resolve) => setTimeout(resolve, event.waitMs));
    return { waited: event.waitMs };
  }`,
} as const;

export type HandlerName = keyof typeof SOURCES;

export const HANDLER_NAMES: readonly HandlerName[] = ["echo", "cpu", "wait"];

/** As an ES module with a named export for each. */
export const HANDLERS_MODULE: string = Object.entries(SOURCES)
  .map(([name, source]) => `export const ${name} = ${source};\n`)
  .join("");

/** As a script that gives a function from a name and JSON text to a promise of JSON text. */
export const HANDLERS_SCRIPT: string = `
const handlers = { ${Object.entries(SOURCES)
  .map(([name, source]) => `${name}: ${source}`)
  .join(", ")} };
(async (name, text) => JSON.stringify(await handlers[name](JSON.parse(text))));
`;

export type Handler = (event: unknown) => Promise<unknown>;

/** The handlers as functions of the calling thread, from the same source. */
export async function loadHandlers(): Promise<Readonly<Record<HandlerName, Handler>>> {
  const url = `data:text/javascript,${encodeURIComponent(HANDLERS_MODULE)}`;
  return (await import(url)) as Record<HandlerName, Handler>;
}
