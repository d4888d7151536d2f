/** Attacks that get through `isolation: "in-process"`, by class. The README quotes the classes, and a test compares. */
export interface UncontainedClass {
  readonly title: string;
  /** What the attack does to the host. */
  readonly happens: string;
  /** Names of attacks of the suite that get through. */
  readonly attacks: readonly string[];
  /** Those that do or don't, as the machine is fast or slow at that moment. */
  readonly sometimes: readonly string[];
}

export const UNCONTAINED: readonly UncontainedClass[] = [
  {
    title: "Endless native loops",
    happens: "a thread of your process spins until the process ends, outside every limit",
    attacks: [
      "cpu: indexOf of an endless array-like",
      "cpu: lastIndexOf of an endless array-like",
      "cpu: includes of an endless array-like",
      "cpu: fill of an endless array-like",
      "cpu: reverse of an endless array-like",
      "cpu: copyWithin of an endless array-like",
      "cpu: flat of endless array-likes",
      "cpu: join of an endless array-like",
      "cpu: sparse array of full length",
      "init: native loop",
      "init: native loop, CommonJS",
    ],
    sometimes: [],
  },
  {
    title: "Long native operations",
    happens: "a thread is held for seconds to hours, until the operation is over",
    attacks: [
      "cpu: search for a needle that almost matches",
      "cpu: localeCompare",
      "cpu: BigInt power",
      "cpu: BigInt out of text",
      "cpu: JSON.parse in a loop",
      "cpu: Date.parse of a long text",
      "cpu: source text of great length",
      "init: search for a needle that almost matches",
      "init: BigInt power",
    ],
    sometimes: [
      "cpu: normalize",
      "cpu: change of case",
      "cpu: typed array sort",
      "cpu: BigInt multiplication",
      "cpu: BigInt as text",
      "cpu: Intl.DateTimeFormat",
      "cpu: encoding in a loop",
      "init: source of two million statements",
    ],
  },
  {
    title: "Memory filled by one operation",
    happens: "hundreds of MB over memoryMb, and a thread that V8 has stopped for good with them",
    attacks: [
      "memory: one huge array",
      "memory: text repeated and flattened",
      "memory: text replaced by the million",
      "memory: one huge BigInt",
      "memory: result of JSON.parse",
      "memory: growable shared buffer, granted",
      "result: amplification by shared objects",
      "init: error with a message of 500 MB",
    ],
    sometimes: [
      "memory: array that doubles",
      "memory: text that doubles",
      "memory: matches by the million",
      "memory: microtasks",
      "memory: Intl objects",
      "memory: Intl.Segmenter's copies",
      "memory: console.log of large texts",
      "memory: console.log of large objects",
      "result: amplification by one text",
      "result: rope of 500 MB",
      "stack: nested arrays as result",
      "stack: nested arrays in JSON.parse",
      "init: text that doubles",
      "init: buffers, CommonJS",
    ],
  },
  {
    title: "Operations at which V8 gives up",
    happens: "your process ends with SIGABRT or SIGTRAP",
    attacks: ["cpu: sort of an endless array-like"],
    sometimes: [
      "memory: text split by the million",
      "result: amplification by escapes",
      "init: text split by the million",
    ],
  },
];

const names: ReadonlySet<string> = new Set(
  UNCONTAINED.flatMap(({ attacks, sometimes }) => [...attacks, ...sometimes]),
);

/** Whether one process can't be relied on to contain the attack of this name. */
export function isUncontained(name: string): boolean {
  return names.has(name);
}
