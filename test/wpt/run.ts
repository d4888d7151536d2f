/**
 * Runs the web platform tests of folders in guests and in plain Node, and prints what guests fail:
 *
 *   node test/wpt/run.ts streams url            all of both
 *   node test/wpt/run.ts WebCryptoAPI/digest    a part
 *   node test/wpt/run.ts url --filter=setters   the files with this in their names
 *   node test/wpt/run.ts url --all              also every single failure of a file, not only the first ones
 *
 * ISOLET_WPT names the folder that holds them. The guest is built anew before.
 */
import { parseArgs } from "node:util";
import { buildCell } from "../../scripts/build-cell.ts";
import { compare } from "./compare.ts";
import { missing } from "./suite.ts";

const SHOWN = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    filter: { type: "string", default: "" },
    timeout: { type: "string", default: "60000" },
    parallel: { type: "string", default: "2" },
  },
});

if (missing) throw new Error(missing);
await buildCell();
for (const folder of positionals) {
  const score = await compare(folder, {
    timeoutMs: Number(values.timeout),
    parallel: Number(values.parallel),
    filter: values.filter,
    onFile({ name, expected, failures }) {
      if (failures.length === 0) return;
      console.log(`${name}: ${expected - failures.length} of ${expected}`);
      const shown = values.all ? failures : failures.slice(0, SHOWN);
      for (const failure of shown) console.log(`    ${failure.replaceAll("\n", "\n      ")}`);
      if (shown.length < failures.length) console.log(`    ... and ${failures.length - shown.length} more`);
    },
  });
  const percent = score.expected === 0 ? 100 : (100 * score.passed) / score.expected;
  console.log(
    `${folder}: ${score.passed} of the ${score.expected} that plain Node passes, ${percent.toFixed(2)} %`,
  );
}
