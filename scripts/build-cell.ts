/**
 * Builds what runs beside the library and not in it: the cell program and the guest runtime with its lazily
 * loaded chunks. `npm run build:cell` runs only this; `npm run build` runs it as its last step.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { undiciInGuest } from "./undici-in-guest.ts";
import { urlPatternInGuest } from "./url-pattern-in-guest.ts";

const root = resolve(import.meta.dirname, "..");

const shared = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  logLevel: "warning",
} satisfies BuildOptions;

/** One ES module that carries everything but the native addon. */
const cellOptions = {
  ...shared,
  format: "esm",
  platform: "node",
  target: "node24",
  external: ["isolated-vm"],
  sourcemap: true,
} satisfies BuildOptions;

/** Plain scripts for an isolate, which has neither modules nor Node's or a browser's globals. */
const guestOptions = {
  ...shared,
  format: "iife",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2024",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  // Out of reach of the package's exports.
  alias: {
    "@exodus/bytes/fallback/encoding.js": join(root, "node_modules/@exodus/bytes/fallback/encoding.js"),
  },
} satisfies BuildOptions;

/** The variable a chunk's script leaves its exports in. */
const chunkGlobal = "__isoletChunk";

/** What readable-stream takes from packages and a guest has itself. */
const ofReadableStream: Readonly<Record<string, string>> = {
  "abort-controller": "abort-controller",
  buffer: "buffer",
  "process/": "process",
};

/** Has readable-stream use the runtime's own, and load none of it before it is used. */
const readableStream: Plugin = {
  name: "readable-stream",
  setup(build) {
    build.onResolve(
      { filter: /^(?:abort-controller|buffer|process\/|string_decoder\/)$/ },
      ({ path, importer }) => {
        if (!importer.includes("/readable-stream/")) return undefined;
        const shim = ofReadableStream[path];
        return shim === undefined
          ? { path: "node:string_decoder", external: true }
          : { path: join(root, `src/guest/node/shims/${shim}.ts`) };
      },
    );
  },
};

/** What memfs has beside Node's `fs`: nobody can ask a guest for it. */
const memfs: Plugin = {
  name: "memfs",
  setup(build) {
    build.onResolve({ filter: /^@jsonjoy\.com\/fs-(?:snapshot|print)$/ }, ({ path }) => ({
      path,
      namespace: "none",
    }));
    build.onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * A built-in module of Node's: a function of the runtime's `require` and its parts, which makes the module's exports.
 * Other built-ins stay apart and come from `require`.
 */
const moduleOptions = {
  ...guestOptions,
  format: "cjs",
  platform: "node",
  mainFields: ["module", "main"],
  plugins: [readableStream, memfs],
  // Read when they are used: reading them loads what makes them.
  define: {
    "globalThis.AbortController": "undefined",
    "globalThis.AbortSignal": "undefined",
    "globalThis.Blob": "undefined",
    "globalThis.URL": "undefined",
    "globalThis.URLSearchParams": "undefined",
  },
  // They call the user's code after waiting, and a native `await` would lose its context (`node:async_hooks`).
  supported: { "async-await": false, "async-generator": false, "for-await": false },
  banner: {
    // Strict from its first word, where alone that counts: of other functions user code could learn their callers.
    js: `var ${chunkGlobal}=function(require,parts){"use strict";var module={exports:{}},exports=module.exports;`,
  },
  footer: { js: "return module.exports.create(parts)};" },
} satisfies BuildOptions;

/** Web interfaces: likewise, and what they take for globals are the runtime's own, whatever user code has replaced. */
const interfaceOptions = {
  ...moduleOptions,
  platform: "neutral",
  inject: ["src/guest/web/globals/injected.ts"],
  define: {},
  plugins: [undiciInGuest, urlPatternInGuest],
} satisfies BuildOptions;

export async function buildCell(outDir: string = join(root, "dist")): Promise<void> {
  const chunks = await entriesOf("src/guest/chunks", "");
  const modules = await entriesOf("src/guest/node", "node-");
  const interfaces = await entriesOf("src/guest/web", "web-");
  const bundles = await Promise.allSettled([
    bundle("src/cell/main.ts", join(outDir, "cell/main.js"), cellOptions),
    bundle("src/cell/process.ts", join(outDir, "cell/process.js"), cellOptions),
    bundle("src/guest/runtime/index.ts", join(outDir, "guest/runtime.js"), guestOptions),
    ...modules.map(({ entry, name }) =>
      bundle(entry, join(outDir, "guest/chunks", `${name}.js`), moduleOptions),
    ),
    ...interfaces.map(({ entry, name }) =>
      bundle(entry, join(outDir, "guest/chunks", `${name}.js`), interfaceOptions),
    ),
    ...chunks.map(({ entry, name }) =>
      bundle(entry, join(outDir, "guest/chunks", `${name}.js`), { ...guestOptions, globalName: chunkGlobal }),
    ),
  ]);
  // Only when all have ended: nothing may still write to the folder when the caller sees the failure.
  for (const result of bundles) if (result.status === "rejected") throw result.reason;
  await removeStaleChunks(
    join(outDir, "guest/chunks"),
    new Set([...chunks, ...modules, ...interfaces].map(({ name }) => `${name}.js`)),
  );
}

async function entriesOf(path: string, prefix: string): Promise<{ entry: string; name: string }[]> {
  const folder = join(root, path);
  const files = existsSync(folder) ? await readdir(folder) : [];
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => ({ entry: `${path}/${file}`, name: prefix + basename(file, ".ts") }));
}

async function bundle(entry: string, outFile: string, options: typeof shared & BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...options, entryPoints: [entry], outfile: outFile });
  for (const file of outputFiles) await replaceFile(file.path, file.contents);
}

/** Whole or not at all, so a test that runs meanwhile never reads half a file. */
async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  if (existsSync(path) && (await readFile(path)).equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

async function removeStaleChunks(folder: string, current: ReadonlySet<string>): Promise<void> {
  if (!existsSync(folder)) return;
  for (const file of await readdir(folder)) {
    if (file.endsWith(".js") && !current.has(file)) await rm(join(folder, file), { force: true });
  }
}

if (import.meta.main) {
  const started = performance.now();
  await buildCell();
  const tookMs = Math.round(performance.now() - started);
  console.log(
    `Built the cell and the guest runtime into ${relative(root, join(root, "dist"))}/ in ${tookMs} ms`,
  );
}
