import { Engine } from "isolet";
import type { Isolation } from "isolet";
import { BARE_CELL, openBareCell } from "./baselines/bare-cell.ts";
import { HANDLER_MODULE } from "./baselines/handler.ts";
import { ISOLET, openIsolet } from "./baselines/isolet.ts";
import { openPiscina, PISCINA } from "./baselines/piscina.ts";
import { openRawApply, RAW_APPLY } from "./baselines/raw-apply.ts";
import { withSubjects } from "./baselines/subject.ts";
import type { EchoSubject } from "./baselines/subject.ts";
import { atMost, scaled } from "./lib/report.ts";
import type { BenchReport, BenchRow, Scale, Target } from "./lib/report.ts";
import { interleave, ratioOf, rowsOf, timeCalls } from "./lib/rounds.ts";
import type { Contender, Figure, Rounds } from "./lib/rounds.ts";

interface Size {
  readonly label: string;
  readonly bytes: number;
  /** Calls in one round. */
  readonly calls: number;
  /** Whether the event comes out of a parse: V8 keeps and writes texts that code has joined otherwise. */
  readonly isParsed: boolean;
}

const SMALL: readonly Size[] = [
  { label: "1 KB", bytes: 1_024, calls: 1_000, isParsed: false },
  { label: "100 KB", bytes: 102_400, calls: 30, isParsed: false },
];

/** Those that the targets are about. */
const LARGE: readonly Size[] = [
  { label: "5 MB", bytes: 5_242_880, calls: 3, isParsed: false },
  { label: "5 MB from a parse", bytes: 5_242_880, calls: 3, isParsed: true },
];

const ISOLET_PROCESS = "isolet, process";
const ISOLET_TEXT = "isolet, payloadText";
const ISOLET_PROCESS_TEXT = "isolet, process, payloadText";

/** `JSON.parse(JSON.stringify(event))` in the host: what a payload costs that goes nowhere. */
const ROUND_TRIP = "JSON round trip";

/** `JSON.parse` of the event's text, in the host. */
const OWN_PARSE = "its own parse";

const BASELINES = [ROUND_TRIP, BARE_CELL, PISCINA, RAW_APPLY];

const SUBJECTS = [
  openIsolet,
  openProcess,
  () => openText(ISOLET_TEXT, "in-process"),
  () => openText(ISOLET_PROCESS_TEXT, "process"),
  openBareCell,
  openPiscina,
  openRawApply,
  openRoundTrip,
];

/** Echoes of records as APIs send them, one at a time. Each side writes and parses the whole text, unless it is given. */
export async function payload(scale: Scale): Promise<BenchReport> {
  return withSubjects(SUBJECTS, async (subjects) => {
    const rows: BenchRow[] = [];
    const targets: Target[] = [];
    for (const size of [...SMALL, ...LARGE]) {
      const rounds = await measureSize(subjects, size, scale);
      rows.push(...rowsOf(rounds, "µs", BASELINES, `, ${size.label}`));
      if (LARGE.includes(size)) targets.push(...costTargets(rounds, size));
    }
    for (const size of LARGE) {
      const holds = await measureHolds(subjects, size, scale);
      rows.push(...rowsOf(holds, "ms", [OWN_PARSE], `, ${size.label}: longest hold of the host's loop`));
      targets.push(...holdTargets(holds, size));
    }
    return {
      name: "payload",
      question:
        "how long an echo takes, by the size of its JSON, and how long it holds the host's event loop",
      rounds: scale.rounds,
      rows,
      targets,
      notMeasured: [
        "texts beyond Latin-1, which take twice the memory",
        "several callers at once",
        "holds of the host's loop below 1 ms, which is the watching timer's interval",
      ],
    };
  });
}

async function openProcess(): Promise<EchoSubject> {
  return { ...(await openIsolet({ isolation: "process" })), name: ISOLET_PROCESS };
}

/** As a gateway has it, the event is text before the call, and the result is text after it. */
async function openText(name: string, isolation: Isolation): Promise<EchoSubject> {
  const engine = new Engine({ isolation });
  await engine.deploy("echo", { code: { source: HANDLER_MODULE } });
  const texts = new WeakMap<object, string>();
  return {
    name,
    invoke: async (event) => {
      const payloadText = texts.get(event) ?? JSON.stringify(event);
      texts.set(event, payloadText);
      const result = await engine.invoke("echo", undefined, { payloadText });
      if (result.status !== "succeeded") throw new Error(`isolet: ${JSON.stringify(result)}`);
      return { toJSON: (): unknown => JSON.parse(result.payloadText) };
    },
    close: () => engine.close(),
  };
}

async function openRoundTrip(): Promise<EchoSubject> {
  return {
    name: ROUND_TRIP,
    invoke: async (event) => ({ ...(JSON.parse(JSON.stringify(event)) as object), seen: true }),
    close: async () => undefined,
  };
}

function measureSize(subjects: readonly EchoSubject[], size: Size, scale: Scale): Promise<Rounds> {
  const event = eventOf(size);
  const calls = scaled(size.calls, scale);
  const contenders = subjects.map((subject) => ({
    name: subject.name,
    round: () => timeCalls(calls, () => subject.invoke(event)),
  }));
  return interleave(contenders, scale.rounds);
}

function measureHolds(subjects: readonly EchoSubject[], size: Size, scale: Scale): Promise<Rounds> {
  const event = eventOf(size);
  const text = JSON.stringify(event);
  const watched: Contender[] = subjects
    .filter(({ name }) => name.startsWith(ISOLET))
    .map((subject) => ({ name: subject.name, round: () => longestHold(() => subject.invoke(event)) }));
  const ownParse: Contender = {
    name: OWN_PARSE,
    round: async () => {
      const startMs = performance.now();
      JSON.parse(text);
      return { value: performance.now() - startMs };
    },
  };
  return interleave([...watched, ownParse], scale.rounds);
}

/** The longest time, in milliseconds, in which a timer of 1 ms did not get its turn. */
async function longestHold(act: () => Promise<unknown>): Promise<Figure> {
  let lastMs = performance.now();
  let longestMs = 0;
  const look = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const timer = setInterval(look, 1);
  await act();
  look();
  clearInterval(timer);
  return { value: longestMs };
}

function costTargets(rounds: Rounds, { label }: Size): Target[] {
  return [ISOLET, ISOLET_PROCESS].map((name) =>
    atMost(`${name}, ${label} against a JSON round trip`, 3, ratioOf(rounds, name, ROUND_TRIP), "×"),
  );
}

function holdTargets(holds: Rounds, { label }: Size): Target[] {
  return [ISOLET, ISOLET_PROCESS].map((name) =>
    atMost(
      `${name}, ${label}: longest hold of the host's loop against a parse of it`,
      1,
      ratioOf(holds, name, OWN_PARSE),
      "×",
    ),
  );
}

/** An event whose JSON has at least `bytes` bytes and one record more than that at most. */
function eventOf({ bytes, isParsed }: Size): object {
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
  return isParsed ? (JSON.parse(JSON.stringify({ items })) as object) : { items };
}
