/** `path.matchesGlob`. */
import { requireString } from "../shared/validate.ts";

export function matchesGlob(path: unknown, pattern: unknown): boolean {
  requireString(path, "path");
  requireString(pattern, "pattern");
  return alternatives(pattern).some((one) => new RegExp(`^${source(one)}$`, "u").test(path));
}

/** Takes `{a,b}` apart. */
function alternatives(pattern: string): string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (!match) return [pattern];
  const [whole, list = ""] = match;
  return list
    .split(",")
    .flatMap((item) =>
      alternatives(pattern.slice(0, match.index) + item + pattern.slice(match.index + whole.length)),
    );
}

const PART = /\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[^*?[]+|\[/g;

function source(pattern: string): string {
  return pattern.replace(PART, (part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1 && part.startsWith("[") && part.endsWith("]"))
      return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[|\\{}()[\]^$+?.]/g, "\\$&");
  });
}
