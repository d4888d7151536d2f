/** `util.getCallSites`. */
import { requireInteger } from "../shared/validate.ts";

interface CallSite {
  readonly functionName: string;
  readonly scriptId: string;
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
  readonly column: number;
}

export function callSites(count: unknown = 10): CallSite[] {
  const wanted = typeof count === "object" ? 10 : count;
  requireInteger(wanted, "frameCount", 1, 200);
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = wanted;
    Error.prepareStackTrace = (_error, sites) => sites.map(siteOf);
    Error.captureStackTrace(holder, callSites);
    return holder.stack as CallSite[];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function siteOf(site: NodeJS.CallSite): CallSite {
  const columnNumber = site.getColumnNumber() ?? 0;
  return {
    functionName: site.getFunctionName() ?? "",
    scriptId: "0",
    scriptName: site.getFileName() ?? "",
    lineNumber: site.getLineNumber() ?? 0,
    columnNumber,
    column: columnNumber,
  };
}
