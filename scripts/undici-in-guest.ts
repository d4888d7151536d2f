/**
 * undici's fetch without what it needs of Node: in a guest, requests leave by the host, so that of undici only the
 * standard's own algorithms are wanted. What these import of Node and of undici's HTTP client is small modules of ours.
 */
import { basename, resolve } from "node:path";
import type { Plugin } from "esbuild";

const FOLDER = resolve(import.meta.dirname, "../src/guest/web/fetch");

/** Our module for each, by the end of what is imported. */
const REPLACED: Readonly<Record<string, string>> = {
  "node:assert": "assert",
  "node:buffer": "buffer",
  "node:crypto": "crypto",
  "node:events": "events",
  "node:http": "http",
  "node:perf_hooks": "perf-hooks",
  "node:stream": "stream",
  "node:stream/web": "stream-web",
  "node:util": "util",
  "node:util/types": "types",
  "node:worker_threads": "worker-threads",
  "node:zlib": "zlib",
  "core/util": "core-util",
  "../global": "dispatcher",
  "runtime-features.js": "runtime-features",
};

export const undiciInGuest: Plugin = {
  name: "undici-in-guest",
  setup(build) {
    build.onResolve(
      { filter: /^node:|core\/util$|\.\.\/global$|runtime-features\.js$/ },
      ({ path, importer }) => {
        if (!/[\\/]undici[\\/]lib[\\/]/.test(importer)) return undefined;
        const [, name] =
          Object.entries(REPLACED).find(([end]) => path === end || path.endsWith(`/${end}`)) ?? [];
        return name === undefined ? undefined : { path: name, namespace: "undici-in-guest" };
      },
    );
    // `require` of an ES module gives all its exports; what is a function or a class by itself is a default export.
    build.onLoad({ filter: /.*/, namespace: "undici-in-guest" }, ({ path }) => ({
      contents: `const all = require("./${basename(path)}.ts"); module.exports = all.default ?? all;`,
      resolveDir: FOLDER,
    }));
  },
};
