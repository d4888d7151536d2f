import { InvalidOptionError } from "../base/errors.ts";
import type { ArtifactSource } from "./artifact.ts";
import type { BundlePlatform } from "./settings.ts";

/** Most layers of a function, as in Lambda. */
const LAYER_LIMIT = 5;

const CONDITION_LIMIT = 16;
const EXTERNAL_LIMIT = 100;

/** How to bundle an entry file. */
export interface BundleSettings {
  readonly platform: BundlePlatform;
  readonly conditions: readonly string[];
  readonly external: readonly string[];
}

/** A function's code as given, checked. */
export type GivenCode =
  | { readonly kind: "source"; readonly text: string }
  | { readonly kind: "file"; readonly path: string; readonly settings: BundleSettings }
  | { readonly kind: "artifact"; readonly artifact: ArtifactSource };

/** What `code` may be, by the field that says which. */
const KINDS = ["source", "file", "directory", "zip"] as const;

const FILE_FIELDS = ["platform", "conditions", "external"];

const ALLOWED =
  'either of { source: "…" } with JavaScript text, { file: "…" } with the path of an entry file, ' +
  '{ directory: "…" } with the path of a deployment artifact, and { zip: … } with the path or the bytes of one';

/** Checks `code`. Throws `InvalidOptionError` (`INVALID_SETTING`) naming the field, its value and what is allowed. */
export function readCode(subject: string, code: unknown): GivenCode {
  const refuse = refuserOf(subject);
  const fields = fieldsOf("code", code, refuse);
  const kinds = KINDS.filter((kind) => fields.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return refuse("code", [...fields.keys()].join(" and ") || "an empty object", ALLOWED);
  for (const [name, value] of fields) {
    if (name === kind || (kind === "file" && FILE_FIELDS.includes(name))) continue;
    refuse(
      `code.${name}`,
      value,
      kind === "file" ? `beside file only ${FILE_FIELDS.join(", ")}` : `nothing beside ${kind}`,
    );
  }
  const value = fields.get(kind);
  if (kind === "source") {
    return typeof value === "string" ? { kind, text: value } : refuse("code.source", value, ALLOWED);
  }
  if (kind === "file") {
    return { kind, path: readPath("code.file", value, refuse), settings: readBundleSettings(fields, refuse) };
  }
  return { kind: "artifact", artifact: readArtifactSource("code", kind, value, refuse) };
}

/** Checks `layers`, as `readCode` does `code`. */
export function readLayerSettings(subject: string, layers: unknown): readonly ArtifactSource[] {
  const refuse = refuserOf(subject);
  if (layers === undefined) return [];
  if (!Array.isArray(layers)) return refuse("layers", layers, "a list of { directory } and { zip }");
  if (layers.length > LAYER_LIMIT) refuse("layers.length", layers.length, `at most ${LAYER_LIMIT} layers`);
  return layers.map((layer: unknown, index) => {
    const field = `layers[${index}]`;
    const fields = fieldsOf(field, layer, refuse);
    const [entry] = fields;
    if (entry && fields.size === 1 && (entry[0] === "directory" || entry[0] === "zip"))
      return readArtifactSource(field, entry[0], entry[1], refuse);
    return refuse(
      field,
      [...fields.keys()].join(" and ") || "an empty object",
      "either { directory } or { zip }",
    );
  });
}

type Refuse = (field: string, value: unknown, allowed: string) => never;

function refuserOf(subject: string): Refuse {
  return (field, value, allowed) => {
    throw new InvalidOptionError(subject, field, value, allowed, "INVALID_SETTING");
  };
}

function fieldsOf(field: string, value: unknown, refuse: Refuse): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse(field, value, ALLOWED);
  return new Map(Object.entries(value).filter(([, one]) => one !== undefined));
}

function readArtifactSource(
  field: string,
  kind: "directory" | "zip",
  value: unknown,
  refuse: Refuse,
): ArtifactSource {
  if (kind === "directory") return { directory: readPath(`${field}.directory`, value, refuse) };
  if (value instanceof Uint8Array) return { zip: value };
  return { zip: readPath(`${field}.zip`, value, refuse) };
}

function readPath(field: string, value: unknown, refuse: Refuse): string {
  if (value instanceof URL) return value.href;
  if (typeof value === "string" && value !== "") return value;
  const bytes = field.endsWith(".zip") ? ", or the bytes of an archive" : "";
  return refuse(field, value, `a path or a file: URL${bytes}`);
}

function readBundleSettings(fields: ReadonlyMap<string, unknown>, refuse: Refuse): BundleSettings {
  const platform = fields.get("platform") ?? "node";
  if (platform !== "node" && platform !== "worker") refuse("code.platform", platform, '"node" or "worker"');
  return {
    platform,
    conditions: readNames("code.conditions", fields.get("conditions"), CONDITION_LIMIT, refuse),
    external: readNames("code.external", fields.get("external"), EXTERNAL_LIMIT, refuse),
  };
}

/** Names as packages and conditions have them; for an external one, with one `*` in it. */
const NAME = /^[\w@./:-]*\*?[\w@./:-]*$/;

function readNames(field: string, value: unknown, limit: number, refuse: Refuse): readonly string[] {
  if (value === undefined) return [];
  const allowed = `a list of at most ${limit} names`;
  if (!Array.isArray(value) || value.length > limit) return refuse(field, value, allowed);
  return value.map((name: unknown, index) =>
    typeof name === "string" && name !== "" && name.length <= 214 && NAME.test(name)
      ? name
      : refuse(`${field}[${index}]`, name, "a name such as @aws-sdk/* or react-server"),
  );
}
