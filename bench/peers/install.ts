import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the peers' packages are: apart from the project's, which do not need them, and in a folder without code, which stays isolet's own. */
export const packagesFolder: string = join(import.meta.dirname, "packages");

interface PackageFile {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Installs the peers' packages by their lock file, unless those that package.json names are there. Without scripts: none needs one. */
export function installPeers(): void {
  if (missingPeers().length === 0) return;
  console.log(`Installing ${missingPeers().join(", ")} into bench/peers/packages …`);
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: packagesFolder,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci failed in bench/peers/packages");
}

function missingPeers(): string[] {
  const dependencies = readPackage(packagesFolder)?.dependencies ?? {};
  return Object.entries(dependencies)
    .filter(([name, version]) => readPackage(join(packagesFolder, "node_modules", name))?.version !== version)
    .map(([name, version]) => `${name} ${version}`);
}

/** The versions that are installed. */
export function peerVersions(): Readonly<Record<string, string>> {
  const names = Object.keys(readPackage(packagesFolder)?.dependencies ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      readPackage(join(packagesFolder, "node_modules", name))?.version ?? "missing",
    ]),
  );
}

function readPackage(folder: string): PackageFile | undefined {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageFile) : undefined;
}
