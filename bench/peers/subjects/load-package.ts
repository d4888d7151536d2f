import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { packagesFolder } from "../install.ts";

/** From the peers' own packages, which the project's don't include: so the types are given here, as far as needed. */
const require = createRequire(`${packagesFolder}/package.json`);

/** Loads a package of the peers'. Its name is not an import, since type checks run where it is not installed. */
export async function loadPackage<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as Module;
}

/** The path of a file in a package of the peers'. */
export function fileOfPackage(name: string): string {
  return require.resolve(name);
}
