import type { ProcessFacts } from "./processes.ts";
import { TOLERANCE } from "./soak.ts";
import type { SoakProgress, SoakReport } from "./soak.ts";

/** How it goes, in one line. */
export function formatProgress({ seconds, invocations, lost, kills, faults, now }: SoakProgress): string {
  const parts = [
    `${seconds.toFixed(0).padStart(4)} s`,
    `${String(invocations).padStart(8)} invocations`,
    `${String(kills).padStart(4)} cells killed`,
    `${String(lost).padStart(5)} lost with them`,
    describe(now),
    faults === 0 ? "all well" : `${faults} FAULTS`,
  ];
  return parts.join(" | ");
}

/** What there was to be seen, and whether everything held. */
export function formatSummary(report: SoakReport): string {
  const { ends, warm, now, faults, told } = report;
  const rows = [...ends].map(([name, how]) => {
    const counts = [...how].sort(([, one], [, other]) => other - one);
    return `  ${name.padEnd(16)}${counts.map(([end, count]) => `${end} ${count}`).join(", ")}`;
  });
  const allowed = `allowed: ${TOLERANCE.rssMb} MB, ${TOLERANCE.files} and ${TOLERANCE.children} more`;
  return [
    "",
    formatProgress(report),
    "",
    "How invocations ended",
    ...rows,
    "",
    `Warm   ${describe(warm)}`,
    `End    ${describe(now)} (${allowed})`,
    "",
    ...told.map((fault) => `FAULT: ${fault}`),
    faults === 0
      ? "Every invocation was answered and metered once, none ran twice, and nothing grew."
      : `${faults} faults.`,
  ].join("\n");
}

function describe({ rssMb, files, children }: ProcessFacts): string {
  return `${rssMb.toFixed(0)} MB, ${files} files, ${children} processes`;
}
