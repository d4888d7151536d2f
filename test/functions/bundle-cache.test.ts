import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BundleCache } from "../../src/functions/bundle-cache.ts";
import { bundleFile } from "../../src/functions/bundle.ts";
import type { Bundle } from "../../src/functions/bundle.ts";
import { CodeStore } from "../../src/functions/code-store.ts";
import type { BundleSettings } from "../../src/functions/read-code.ts";
import { makeProject } from "./project.ts";
import type { Project } from "./project.ts";

const SETTINGS: BundleSettings = { platform: "node", conditions: [], external: [] };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "isolet-bundles-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A cache that keeps what has only just been written: nobody else writes here. */
function makeCache(): { readonly cache: BundleCache; readonly hits: () => Promise<number> } {
  const cache = new BundleCache(new CodeStore(folder, 64), { waits: false });
  const get = vi.spyOn(cache, "get");
  const hits = async (): Promise<number> =>
    (await Promise.all(get.mock.results.map(({ value }) => value))).filter(Boolean).length;
  return { cache, hits };
}

async function outcomeOf(
  entry: string,
  settings: BundleSettings,
  cache?: BundleCache,
): Promise<Bundle | string> {
  try {
    return await bundleFile("fn", entry, settings, cache);
  } catch (error) {
    return String(error);
  }
}

/** Imports in every way; what isn't there is left to fail when it runs. */
const ENTRY = `const seen = [];
try { seen.push(require("./a")); } catch {}
try { seen.push(require("../lib")); } catch {}
try { seen.push(require("pkg")); } catch {}
try { seen.push(require("pkg/sub")); } catch {}
try { seen.push(require("@scope/pkg")); } catch {}
try { seen.push(require("@x/y")); } catch {}
try { seen.push(require("#mapped")); } catch {}
try { seen.push(require("based")); } catch {}
import view from "./view.jsx";
export const handler = async () => [seen, view];
`;

/** What may lie at each place; a number stands in the text, so that each version differs. */
const PLACES: Readonly<Record<string, readonly ((n: number) => string)[]>> = {
  "src/app.js": [(n) => `${ENTRY}// ${n}`],
  "src/view.jsx": [(n) => `const h = () => ${n}; export default <b class="${n}" />;`],
  ...Object.fromEntries(
    [
      "src/a.ts",
      "src/a.js",
      "src/a.json",
      "src/a/index.js",
      "src/a/m.js",
      "src/a/m.ts",
      "lib.ts",
      "lib/index.js",
      "lib/other/index.js",
      "based.js",
      "x1/y.ts",
      "x1/y.js",
      "x2/y.js",
      "x2/based.js",
      "node_modules/pkg/index.js",
      "node_modules/pkg/main.js",
      "node_modules/pkg/sub.js",
      "node_modules/pkg/sub/index.js",
      "node_modules/pkg.js",
      "node_modules/@scope/pkg/index.js",
      "src/node_modules/pkg/index.js",
      "src/node_modules/@scope/pkg.js",
    ].map((path) => [path, [(n: number) => (path.endsWith(".json") ? `${n}` : `module.exports = ${n};`)]]),
  ),
  "README.md": [(n) => `# ${n}`],
  "package.json": [
    (n) => `{ "version": "${n}", "type": "module" }`,
    () => `{ "imports": { "#mapped": "./x1/y.ts" } }`,
    () => `{ "imports": { "#mapped": "pkg" } }`,
    () => `{ "imports": { "#mapped": { "special": "./x2/y.js", "default": "@scope/pkg" } } }`,
  ],
  "src/package.json": [
    () => `{ "type": "commonjs" }`,
    () => `{ "type": "module", "browser": { "pkg": "../lib" } }`,
  ],
  "src/a/package.json": [
    () => `{ "main": "./m" }`,
    () => `{ "main": "../../lib/other" }`,
    () => `{ "module": "m.js" }`,
  ],
  "lib/package.json": [
    () => `{ "main": "./other" }`,
    () => `{ "main": "index", "browser": "./other/index.js" }`,
  ],
  "node_modules/pkg/package.json": [
    () => `{ "main": "main" }`,
    () => `{ "exports": { ".": "./index.js", "./sub": "./main.js" } }`,
    () => `{ "browser": { "./index.js": "./main.js" } }`,
    () => `{ "exports": { "./*": "./*.js", ".": { "special": "./main.js", "default": "./index.js" } } }`,
  ],
  "tsconfig.json": [
    (n) => `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h${n}" } }`,
    () => `{ /* where */ "compilerOptions": { "paths": { "@x/*": ["./x1/*", "./x2/*",] } } }`,
    () => `{ "compilerOptions": { "paths": { "@x/*": ["./x2/*"] } } }`,
    () => `{ "compilerOptions": { "baseUrl": "." } }`,
    () => `{ "extends": "./base" }`,
    () => `{ "extends": "conf" }`,
    () => `{ "extends": ["@scope/conf/strict.json", "./base.json"] }`,
  ],
  "src/tsconfig.json": [
    () => `{ "extends": "../tsconfig.json" }`,
    () => `{ "compilerOptions": { "baseUrl": "../x2" } }`,
  ],
  "src/jsconfig.json": [() => `{ "compilerOptions": { "paths": { "@x/*": ["../x2/*"] } } }`],
  "base.json": [
    () => `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }`,
    () => `{ "compilerOptions": { "baseUrl": "./x2", "paths": { "@x/*": ["*"] } } }`,
  ],
  "node_modules/conf/tsconfig.json": [
    (n) => `{ "compilerOptions": { "jsx": "react", "jsxFactory": "conf${n}" } }`,
    () => `{ "compilerOptions": { "paths": { "@x/*": ["\${configDir}/x1/*"] } } }`,
  ],
  "node_modules/@scope/conf/strict.json": [
    (n) => `{ "compilerOptions": { "jsx": "react", "jsxFactory": "s${n}" } }`,
  ],
};

/** Links that may be there in the place of files. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ["node_modules/pkg", "../vendor"],
  ["src/a", "../lib"],
  ["src/a.ts", "../x1/y.ts"],
];

type Edit =
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

const PATHS = Object.keys(PLACES).filter((path) => path !== "src/app.js");

const write: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...Object.keys(PLACES)), fc.nat(9), fc.nat(9))
  .map(([path, which, n]) => {
    const forms = PLACES[path] ?? [];
    return { kind: "write", path, text: forms[which % forms.length]?.(n) ?? "" };
  });
const remove: fc.Arbitrary<Edit> = fc
  .constantFrom(...PATHS, "node_modules", "node_modules/pkg", "src/node_modules", "src/a", "lib", "x1")
  .map((path) => ({ kind: "remove", path }));
const link: fc.Arbitrary<Edit> = fc
  .constantFrom(...LINKS)
  .map(([path, target]) => ({ kind: "link", path, target }));
const edits = fc.array(fc.oneof({ weight: 4, arbitrary: write }, { weight: 2, arbitrary: remove }, link), {
  minLength: 1,
  maxLength: 8,
});

async function apply(project: Project, edit: Edit): Promise<void> {
  const path = project.path(edit.path);
  try {
    if (edit.kind === "remove") {
      await rm(path, { recursive: true, force: true });
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    if (edit.kind === "write") {
      await writeFile(path, edit.text);
      return;
    }
    await rm(path, { recursive: true, force: true });
    await symlink(edit.target, path);
  } catch {
    // A file in the place of a folder, or a link that leads nowhere: nothing is edited.
  }
}

const START: Readonly<Record<string, string>> = {
  "src/app.js": ENTRY,
  "src/view.jsx": `export default <b class="0" />;`,
  "src/a.js": "module.exports = 1;",
  "lib/index.js": "module.exports = 2;",
  "vendor/index.js": "module.exports = 3;",
  "node_modules/pkg/index.js": "module.exports = 4;",
  "node_modules/react/jsx-runtime.js": "exports.jsx = (tag) => tag;",
};

describe("a kept bundle", () => {
  it(
    "is what bundling gives, whatever has been changed, added and removed",
    { timeout: 240_000 },
    async () => {
      let hits = 0;
      await fc.assert(
        fc.asyncProperty(
          edits,
          fc.constantFrom<Partial<BundleSettings>>({}, { platform: "worker" }, { conditions: ["special"] }),
          async (list, chosen) => {
            await using project = await makeProject(START);
            const settings = { ...SETTINGS, ...chosen };
            const made = makeCache();
            for (const edit of [undefined, ...list]) {
              if (edit) await apply(project, edit);
              const entry = project.path("src/app.js");
              const plain = await outcomeOf(entry, settings);
              expect(await outcomeOf(entry, settings, made.cache)).toEqual(plain);
              expect(await outcomeOf(entry, settings, made.cache)).toEqual(plain);
            }
            hits += await made.hits();
          },
        ),
        { numRuns: 40 },
      );
      // Each state that can be bundled is taken at least once.
      expect(hits).toBeGreaterThan(40);
    },
  );

  it("serves the same project elsewhere, for another store on the folder", async () => {
    await using first = await makeProject(START);
    await using second = await makeProject(START);
    const plain = await bundleFile("fn", first.path("src/app.js"), SETTINGS, makeCache().cache);
    const other = makeCache();
    const elsewhere = await bundleFile("fn", second.path("src/app.js"), SETTINGS, other.cache);
    expect(elsewhere).toEqual({ ...plain, sourceRoot: elsewhere.sourceRoot });
    expect(elsewhere.sourceRoot).not.toBe(plain.sourceRoot);
    expect(await other.hits()).toBe(1);
  });

  it("is another for other settings", async () => {
    await using project = await makeProject({
      ...START,
      "node_modules/pkg/package.json": `{ "exports": { "special": "./special.js", "default": "./index.js" } }`,
      "node_modules/pkg/special.js": `module.exports = "special";`,
    });
    const { cache, hits } = makeCache();
    const entry = project.path("src/app.js");
    const texts = [];
    for (const settings of [SETTINGS, { ...SETTINGS, conditions: ["special"] }, SETTINGS])
      texts.push((await bundleFile("fn", entry, settings, cache)).source.includes(`"special"`));
    expect(texts).toEqual([false, true, false]);
    expect(await hits()).toBe(1);
  });

  it("isn't kept while it may be older than what was read", async () => {
    await using project = await makeProject(START);
    const store = new CodeStore(folder, 64);
    const put = vi.spyOn(store, "put");
    await bundleFile("fn", project.path("src/app.js"), SETTINGS, new BundleCache(store));
    expect(put).not.toHaveBeenCalled();
  });

  it.each([
    ["a pattern of files", `export const handler = async (name) => import(\`./a/\${name}.js\`);`],
    ["Yarn's own way of finding packages", ENTRY, ".pnp.cjs"],
    ["a tsconfig that can't be read", ENTRY, "tsconfig.json"],
  ])("isn't kept with %s", async (_what, text, broken?: string) => {
    await using project = await makeProject({
      ...START,
      "src/app.js": text,
      ...(broken && { [broken]: "{}}" }),
    });
    const store = new CodeStore(folder, 64);
    const put = vi.spyOn(store, "put");
    await bundleFile(
      "fn",
      project.path("src/app.js"),
      SETTINGS,
      new BundleCache(store, { waits: false }),
    ).catch(() => undefined);
    expect(put).not.toHaveBeenCalled();
  });

  it("that is damaged is made anew, and so is one that isn't a bundle", async () => {
    await using project = await makeProject(START);
    const entry = project.path("src/app.js");
    const plain = await bundleFile("fn", entry, SETTINGS, makeCache().cache);
    for (const damage of [(whole: Buffer) => whole.subarray(0, -9), () => Buffer.from("else")]) {
      const paths = await entriesOf(folder);
      for (const path of paths) await writeFile(path, damage(await readFile(path)));
      const { cache, hits } = makeCache();
      expect(await bundleFile("fn", entry, SETTINGS, cache)).toEqual(plain);
      expect(await bundleFile("fn", entry, SETTINGS, cache)).toEqual(plain);
      expect(await hits()).toBe(1);
    }
    const other = makeCache();
    vi.spyOn(CodeStore.prototype, "get").mockResolvedValueOnce(Buffer.from("whole, and of another form"));
    expect(await bundleFile("fn", entry, SETTINGS, other.cache)).toEqual(plain);
    expect(await other.hits()).toBe(0);
  });
});

async function entriesOf(place: string): Promise<string[]> {
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("processes that deploy at the same time", () => {
  it("share bundles, one being killed while it writes", { timeout: 120_000 }, async () => {
    await using project = await makeProject({
      "index.ts": `import { times } from "./times"; export const handler = async (n: number) => times(n);`,
      "times.ts": `export const times = (n: number) => n * 21;`,
    });
    const program = new URL("./fixtures/deploy-user.ts", import.meta.url);
    const start = (task: string): ChildProcess => fork(program, [folder, project.path("index.ts"), task]);
    const endless = start("forever");
    const users = ["a", "b", "c"].map(start);
    const exits = Promise.all(users.map(async (user) => (await once(user, "exit")) as unknown[]));
    await vi.waitUntil(async () => (await entriesOf(folder)).some((path) => path.endsWith(".tmp")), {
      timeout: 60_000,
      interval: 1,
    });
    endless.kill("SIGKILL");
    await once(endless, "exit");
    expect((await exits).map(([code]) => code)).toEqual([0, 0, 0]);
    const cache = new BundleCache(new CodeStore(folder, 64));
    const order = {
      entry: project.path("index.ts"),
      root: project.root,
      settings: { ...SETTINGS, conditions: ["all"] },
    };
    const kept = await cache.get(order);
    expect(kept?.source).toContain("n * 21");
  });
});
