/**
 * The architecture, checked: imports only go down.
 *
 * A row may import from the rows below it and from itself, never from its own neighbours.
 */
const layers = [
  [
    { name: "index.ts", path: "^src/index\\.ts$" },
    { name: "runtime.ts", path: "^src/runtime\\.ts$" },
  ],
  [{ name: "engine", path: "^src/engine(\\.ts$|/)" }],
  [{ name: "sources", path: "^src/sources/" }],
  [{ name: "async", path: "^src/async/" }],
  [{ name: "scheduler", path: "^src/scheduler/" }],
  [{ name: "pool", path: "^src/pool/" }],
  [{ name: "environment", path: "^src/environment/" }],
  [{ name: "sandbox", path: "^src/sandbox/" }],
  [{ name: "cell", path: "^src/cell/" }],
  [{ name: "bridge", path: "^src/bridge/" }],
  [{ name: "options.ts", path: "^src/options\\.ts$" }],
  [{ name: "functions", path: "^src/functions/" }],
  [{ name: "logging", path: "^src/logging/" }],
  [{ name: "metering", path: "^src/metering/" }],
  [{ name: "invocation", path: "^src/invocation/" }],
  [{ name: "base", path: "^src/base/" }],
];

const contract = "^src/guest/(contract|socket-flow)\\.ts$";
const guest = "^src/guest/(runtime|chunks|node|web)/";
const cell = "^src/cell/";

/** npm packages that may be bundled into the guest. */
const guestPackages = [
  "@exodus/bytes",
  "@jsonjoy.com",
  "glob-to-regex.js",
  "thingies",
  "tslib",
  "buffer",
  "node-inspect-extracted",
  "path-unified",
  "readable-stream",
  "undici",
  "unenv",
  "urlpattern-polyfill",
  "web-streams-polyfill",
];

const downwardOnly = layers.flatMap((row, index) =>
  row.map(({ name, path }) => ({
    name: `layer-${name}`,
    comment: `${name} may import only itself and the layers below it (DESIGN: Layers).`,
    severity: "error",
    from: { path },
    to: {
      path: "^src/",
      pathNot: [
        path,
        contract,
        ...layers
          .slice(index + 1)
          .flat()
          .map((layer) => layer.path),
      ],
    },
  })),
);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...downwardOnly,
    {
      name: "known-layer",
      comment: "Every file of src/ belongs to a layer. A new folder is added to the list in this file.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: [contract, guest, ...layers.flat().map((layer) => layer.path)] },
    },
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "sources-stay-ports",
      comment: "An event source knows the invoker's port, logging and base, and nothing of the engine.",
      severity: "error",
      from: { path: "^src/sources/" },
      to: { path: "^src/", pathNot: ["^src/(sources|invocation|logging|base)/", contract] },
    },
    {
      name: "cell-by-protocol",
      comment: "The cell is a program of its own: the host knows its protocol, and only sandbox/ speaks it.",
      severity: "error",
      from: { path: "^src/", pathNot: [cell, "^src/sandbox/"] },
      to: { path: cell },
    },
    {
      name: "sandbox-speaks-the-protocol",
      severity: "error",
      from: { path: "^src/sandbox/" },
      to: {
        path: cell,
        pathNot: "^src/cell/(protocol|board-layout|frame[a-z-]*|board-file|process-start)\\.ts$",
      },
    },
    {
      name: "isolated-vm-in-the-cell",
      comment: "Only the cell holds isolates.",
      severity: "error",
      from: { path: "^src/", pathNot: cell },
      to: { path: "(^|/)isolated-vm(/|$)" },
    },
    {
      name: "contract-imports-nothing",
      severity: "error",
      from: { path: contract },
      to: {},
    },
    {
      name: "guest-imports-guest",
      comment: "The guest is bundled apart: guest/, and the packages listed in this file.",
      severity: "error",
      from: { path: guest },
      to: {
        // The guest has a `require` of its own making, which is no import, and built-in modules of its own, which the
        // ones among them and what they are made of ask for by Node's names.
        dependencyTypesNot: ["require", "core"],
        pathNot: [
          "^src/guest/",
          "^@exodus/bytes/fallback/",
          ...guestPackages.map((name) => `^node_modules/${name}/`),
        ],
      },
    },
    {
      name: "runtime-has-no-modules",
      comment: "The runtime and its chunks are there before any built-in module is.",
      severity: "error",
      from: { path: "^src/guest/(runtime|chunks)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "guest-runs-elsewhere",
      comment: "The guest's code runs in isolates, as a bundle; the host never imports it.",
      severity: "error",
      from: { path: "^src/", pathNot: guest },
      to: { path: guest },
    },
    {
      name: "no-dev-dependencies",
      comment: "What src/ imports at run time is in dependencies; only the guest is bundled.",
      severity: "error",
      from: { path: "^src/", pathNot: guest },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "not-resolvable",
      severity: "error",
      from: {},
      // A part of the package that its exports leave out; the build names its file.
      to: { couldNotResolve: true, pathNot: "^@exodus/bytes/fallback/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
