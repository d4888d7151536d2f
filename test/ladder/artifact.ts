import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { LADDER } from "./install.ts";

/** A handler deployed as `npm ci` and zip make it: its own code bundled, next to a real `node_modules`. */
export interface Artifact extends AsyncDisposable {
  readonly directory: string;
  /** The packages in it. */
  readonly packages: number;
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

/** Makes the artifact of the handler in `file`, with `packages` and all they need. Its handler is `index.handler`. */
export async function makeArtifact(file: string): Promise<Artifact> {
  const directory = await mkdtemp(join(tmpdir(), "isolet-ladder-"));
  const isCommonJs = file.endsWith(".cjs");
  const built = await build({
    entryPoints: [file],
    outfile: join(directory, isCommonJs ? "index.cjs" : "index.mjs"),
    bundle: true,
    packages: "external",
    platform: "node",
    format: isCommonJs ? "cjs" : "esm",
    target: "node24",
    sourcemap: true,
    metafile: true,
    logLevel: "error",
  });
  const imported = Object.values(built.metafile.inputs).flatMap(({ imports }) => imports);
  const names = imported.filter(({ external }) => external).map(({ path }) => packageOf(path));
  const places = closure(await readLock(), names);
  for (const place of places) {
    await mkdir(dirname(join(directory, place)), { recursive: true });
    // What lies in the packages' own folders of packages comes by itself.
    await cp(join(LADDER, place), join(directory, place), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isWanted,
    }).catch(ignoreMissing);
  }
  await writeFile(join(directory, "package.json"), `{ "name": "artifact", "private": true }`);
  return {
    directory,
    packages: places.length,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

async function readLock(): Promise<Lock> {
  const lock = JSON.parse(await readFile(join(LADDER, "package-lock.json"), "utf8")) as {
    readonly packages: Lock;
  };
  return lock.packages;
}

/** Where the packages lie that are needed for `names`, as the lock file says. */
function closure(lock: Lock, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("node_modules/") - 1))) {
      const candidate = `${place === "" ? "" : `${place}/`}node_modules/${name}`;
      const locked = lock[candidate];
      if (locked) {
        if (found.has(candidate)) return;
        found.add(candidate);
        const { dependencies, optionalDependencies, peerDependencies } = locked;
        for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
          visit(needed, candidate);
        return;
      }
      if (place === "") return;
    }
  };
  for (const name of names) visit(name, "");
  // A folder comes with those in it.
  return [...found].filter((place) => ![...found].some((other) => place.startsWith(`${other}/`)));
}

/** As people prune artifacts: nothing that only compilers read. */
function isWanted(path: string): boolean {
  return !/\.d\.[cm]?ts(?:\.map)?$/.test(path);
}

/** Optional dependencies for other machines aren't installed. */
function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
