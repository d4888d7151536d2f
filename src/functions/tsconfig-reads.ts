/** What of a tsconfig says where modules are looked for. */
export interface TsconfigReads {
  /** Paths or packages of others that it extends. */
  readonly extends: readonly string[];
  readonly baseUrl: string | undefined;
  /** Patterns with at most one `*`, and what they stand for. */
  readonly paths: readonly (readonly [pattern: string, targets: readonly string[]])[];
}

/** Reads a tsconfig, which has comments and trailing commas; undefined when it can't be read. */
export function readTsconfig(text: string): TsconfigReads | undefined {
  try {
    const config = JSON.parse(plainJson(text)) as {
      readonly extends?: unknown;
      readonly compilerOptions?: { readonly baseUrl?: unknown; readonly paths?: unknown };
    };
    const { baseUrl, paths } = config.compilerOptions ?? {};
    return {
      extends: textsOf(config.extends),
      baseUrl: typeof baseUrl === "string" ? baseUrl : undefined,
      paths: Object.entries(paths ?? {}).map(([pattern, targets]) => [pattern, textsOf(targets)]),
    };
  } catch {
    return undefined;
  }
}

/** What a specifier becomes by a pattern; nothing when it doesn't match. */
export function substituted(specifier: string, pattern: string, target: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star < 0) return specifier === pattern ? target : undefined;
  const head = pattern.slice(0, star);
  const tail = pattern.slice(star + 1);
  const isMatch =
    specifier.length >= head.length + tail.length && specifier.startsWith(head) && specifier.endsWith(tail);
  if (!isMatch) return undefined;
  const inner = specifier.slice(head.length, specifier.length - tail.length);
  return target.replace("*", () => inner);
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === "string");
}

/** Texts are kept; comments go, and so do commas before a closing bracket. */
function plainJson(text: string): string {
  const bare = text
    .replace(/^\uFEFF/, "")
    .replaceAll(/("(?:[^"\\]|\\[^])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_all, kept?: string) => kept ?? " ");
  return bare.replaceAll(/("(?:[^"\\]|\\[^])*")|,(?=\s*[\]}])/g, (_all, kept?: string) => kept ?? "");
}
