/**
 * `npm run soak [-- --seconds 600]`: hostile and innocent functions in processes, cells killed at random, for ten minutes
 * unless told otherwise. Says every five seconds how it goes, and at the end whether everything held. Leaves with 1 when
 * something did not.
 */
import { parseArgs } from "node:util";
import { Soak } from "./soak/soak.ts";
import { formatProgress, formatSummary } from "./soak/table.ts";

const DEFAULT_SECONDS = 600;
const LINE_MS = 5_000;

const { values } = parseArgs({ options: { seconds: { type: "string" } } });
const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
if (!(seconds >= 5)) throw new RangeError(`--seconds is ${values.seconds}; allowed: a number of at least 5.`);

const soak = new Soak();
const lines = setInterval(() => console.log(formatProgress(soak.progress())), LINE_MS);
console.log(`Soaking for ${seconds} s: hostile and innocent functions in processes, cells killed at random`);
const report = await soak.run(seconds * 1_000);
clearInterval(lines);
console.log(formatSummary(report));
if (report.faults > 0) process.exitCode = 1;
