/** The scripts of the engine's own in a guest, which debuggers are to step over. */
const OWN_SCRIPTS = "^isolet:";

const SET_BLACKBOX = "Debugger.setBlackboxPatterns";
const SET_BREAKPOINT = "Debugger.setBreakpointByUrl";
const CONSOLE_CALLED = `{"method":"Runtime.consoleAPICalled"`;

/** A request of the inspector's protocol, as far as it is looked into here. */
interface Request {
  readonly method?: string;
  readonly params?: { readonly url?: string; readonly patterns?: readonly string[] };
}

interface ConsoleCall {
  readonly params: { readonly stackTrace?: { readonly callFrames: readonly { readonly url: string }[] } };
}

/** Has a debugger that says nothing of it step over the engine's own scripts. */
export function blackboxOwn(id: number): string {
  return JSON.stringify({ id, method: SET_BLACKBOX, params: { patterns: [OWN_SCRIPTS] } });
}

/**
 * What a guest says, as debuggers expect it of Node: files by their addresses, the engine's own scripts among Node's, which
 * they show as not the user's; and what was logged with the place where the user did so.
 */
export function forDebugger(text: string): string {
  const told = text.startsWith(CONSOLE_CALLED) ? withoutOwnFrames(text) : text;
  // Texts within others have their quotes escaped: these can only be fields.
  return told
    .replaceAll(`"url":"isolet:`, `"url":"node:internal/isolet/`)
    .replaceAll(`"url":"/`, `"url":"file:///`);
}

function withoutOwnFrames(text: string): string {
  const call = JSON.parse(text) as ConsoleCall;
  const { stackTrace } = call.params;
  if (!stackTrace) return text;
  const callFrames = stackTrace.callFrames.filter(({ url }) => !url.startsWith("isolet:"));
  return JSON.stringify({ ...call, params: { ...call.params, stackTrace: { ...stackTrace, callFrames } } });
}

/** What a debugger says, as a guest is to hear it. */
export function forGuest(text: string): string {
  if (!text.includes(`"${SET_BLACKBOX}"`) && !text.includes(`"${SET_BREAKPOINT}"`)) return text;
  const request = parse(text);
  const { url, patterns } = request?.params ?? {};
  if (request?.method === SET_BLACKBOX && patterns)
    return JSON.stringify({
      ...request,
      params: { ...request.params, patterns: [...patterns, OWN_SCRIPTS] },
    });
  if (request?.method !== SET_BREAKPOINT || !url?.startsWith("file:///")) return text;
  // CommonJS files have their plain path in V8.
  const path = url.slice("file://".length).replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const params = { ...request.params, url: undefined, urlRegex: `^(?:file://)?${path}$` };
  return JSON.stringify({ ...request, params });
}

function parse(text: string): Request | undefined {
  try {
    return JSON.parse(text) as Request;
  } catch {
    return undefined;
  }
}
