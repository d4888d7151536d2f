/**
 * Runs Node's own tests of modules in guests and in plain Node, and prints what guests fail:
 *
 *   node test/node/run.ts                       all modules
 *   node test/node/run.ts events stream         these
 *   node test/node/run.ts fs --filter=mkdtemp   the files with this in their names
 *   node test/node/run.ts url --brief           names only
 *
 * ISOLET_NODE_TESTS names Node's folder `test`. The guest is built anew before.
 */
import { parseArgs } from "node:util";
import { buildCell } from "../../scripts/build-cell.ts";
import { Comparison } from "./compare.ts";
import { MODULES } from "./modules.ts";
import { missing } from "./suite.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    brief: { type: "boolean", default: false },
    filter: { type: "string", default: "" },
    timeout: { type: "string", default: "20000" },
    parallel: { type: "string", default: "3" },
  },
});

if (missing) throw new Error(missing);
await buildCell();
await using comparison = await Comparison.start({
  timeoutMs: Number(values.timeout),
  parallel: Number(values.parallel),
  filter: values.filter,
});
for (const { name, prefixes } of MODULES) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { passed, expected } = await comparison.run(prefixes, (file, reason) => {
    console.log(
      values.brief
        ? `  ${file}: ${reason.split("\n")[0]}`
        : `${file}:\n    ${reason.replaceAll("\n", "\n    ")}`,
    );
  });
  console.log(`${name}: ${passed} of the ${expected} files that plain Node passes`);
}
