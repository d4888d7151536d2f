import { cp } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { FunctionSettings } from "../../src/index.ts";
import { makeProject } from "../functions/project.ts";
import type { Project } from "../functions/project.ts";
import { makeBench } from "./helpers.ts";
import type { Bench } from "./helpers.ts";

/** A bench with the folder of `files`, and whole npm packages in it, deployed as they are. */
export async function deployFolder(
  files: Record<string, string>,
  settings: Omit<FunctionSettings, "code"> & { readonly packages?: readonly string[] } = {},
): Promise<Bench> {
  const { packages = [], ...given } = settings;
  const project: Project = await makeProject(files);
  onTestFinished(() => project[Symbol.asyncDispose]());
  for (const name of packages)
    await cp(join("node_modules", name), project.path(`node_modules/${name}`), {
      recursive: true,
      dereference: true,
    });
  const bench = makeBench();
  await bench.engine.deploy("fn", { timeoutMs: 20_000, ...given, code: { directory: project.root } });
  return bench;
}
