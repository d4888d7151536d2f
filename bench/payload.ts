import { BARE_CELL, openBareCell } from "./baselines/bare-cell.ts";
import { openIsolet } from "./baselines/isolet.ts";
import { openPiscina, PISCINA } from "./baselines/piscina.ts";
import { openRawApply, RAW_APPLY } from "./baselines/raw-apply.ts";
import { withSubjects } from "./baselines/subject.ts";
import type { EchoSubject } from "./baselines/subject.ts";
import { scaled } from "./lib/report.ts";
import type { BenchReport, BenchRow, Scale } from "./lib/report.ts";
import { interleave, rowsOf, timeCalls } from "./lib/rounds.ts";

interface Size {
  readonly label: string;
  readonly bytes: number;
  /** Calls in one round. */
  readonly calls: number;
}

const SIZES: readonly Size[] = [
  { label: "1 KB", bytes: 1_024, calls: 1_000 },
  { label: "100 KB", bytes: 102_400, calls: 30 },
  { label: "5 MB", bytes: 5_242_880, calls: 1 },
];

/** Echoes of records as APIs send them, one at a time. Each side writes and parses the whole text. */
export async function payload(scale: Scale): Promise<BenchReport> {
  const rows = await withSubjects([openIsolet, openBareCell, openPiscina, openRawApply], async (subjects) => {
    const found: BenchRow[] = [];
    for (const size of SIZES) found.push(...(await measureSize(subjects, size, scale)));
    return found;
  });
  return {
    name: "payload",
    question: "how long an echo takes, by the size of its JSON",
    rounds: scale.rounds,
    rows,
    targets: [],
    notMeasured: ["texts beyond Latin-1, which take twice the memory", "several callers at once"],
  };
}

async function measureSize(subjects: readonly EchoSubject[], size: Size, scale: Scale): Promise<BenchRow[]> {
  const event = eventOf(size.bytes);
  const calls = scaled(size.calls, scale);
  const contenders = subjects.map((subject) => ({
    name: subject.name,
    round: () => timeCalls(calls, () => subject.invoke(event)),
  }));
  const rounds = await interleave(contenders, scale.rounds);
  return rowsOf(rounds, "µs", [BARE_CELL, PISCINA, RAW_APPLY], `, ${size.label}`);
}

/** An event whose JSON has at least `bytes` bytes and one record more than that at most. */
function eventOf(bytes: number): object {
  const items: object[] = [];
  for (let length = 12, id = 0; length < bytes; id++) {
    const item = {
      id,
      sku: `sku-${id * 7_919}`,
      title: "A thing with a name",
      price: id * 1.25,
      tags: ["new", "blue"],
      sold: id % 3 === 0,
    };
    items.push(item);
    length += JSON.stringify(item).length + 1;
  }
  return { items };
}
