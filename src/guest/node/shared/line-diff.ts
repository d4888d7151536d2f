/** Differences of two lists by Myers' algorithm, as Node finds them. */

/** Most differences that are looked for, which takes 16 MB: lists with more are told apart as wholes. */
const MOST_DIFFERENCES = 2_000;

type Difference<T> = [kind: number, item: T];
type Same<T> = (a: T, b: T) => boolean;

/** Each item with 0 when both have it, 1 when only `actual` does, -1 when only `expected` does. */
export function lineDiff<T>(
  actual: readonly T[],
  expected: readonly T[],
  same: Same<T> = (a, b) => a === b,
): Difference<T>[] {
  const most = Math.min(actual.length + expected.length, MOST_DIFFERENCES);
  // How far each diagonal has come, from -level to level, before each level.
  const trace: Int32Array[] = [];
  const reach = new Int32Array(2 * most + 3);
  for (let level = 0; level <= most; level++) {
    trace.push(reach.slice(most + 1 - level - 1, most + 1 + level + 2));
    for (let diagonal = -level; diagonal <= level; diagonal += 2) {
      const at = diagonal + most + 1;
      const [before = 0, after = 0] = [reach[at - 1], reach[at + 1]];
      let x = diagonal === -level || (diagonal !== level && before < after) ? after : before + 1;
      while (
        x < actual.length &&
        x - diagonal < expected.length &&
        same(actual[x] as T, expected[x - diagonal] as T)
      )
        x++;
      reach[at] = x;
      if (x >= actual.length && x - diagonal >= expected.length) return backtrack(trace, actual, expected);
    }
  }
  return [
    ...actual.map((item): Difference<T> => [1, item]),
    ...expected.map((item): Difference<T> => [-1, item]),
  ];
}

function backtrack<T>(
  trace: readonly Int32Array[],
  actual: readonly T[],
  expected: readonly T[],
): Difference<T>[] {
  let x = actual.length;
  let y = expected.length;
  const found: Difference<T>[] = [];
  for (let level = trace.length - 1; level >= 0; level--) {
    const reach = trace[level] as Int32Array;
    const of = (diagonal: number): number => reach[diagonal + level + 1] ?? 0;
    const diagonal = x - y;
    const isFromAbove = diagonal === -level || (diagonal !== level && of(diagonal - 1) < of(diagonal + 1));
    const previous = isFromAbove ? diagonal + 1 : diagonal - 1;
    const previousX = of(previous);
    const previousY = previousX - previous;
    while (x > previousX && y > previousY) {
      x--;
      y--;
      found.push([0, commonOf(actual[x] as T, expected[y] as T)]);
    }
    if (level === 0) continue;
    found.push(x > previousX ? [1, actual[--x] as T] : [-1, expected[--y] as T]);
  }
  return found.reverse();
}

/** Of lines that differ by a comma at their end, the one that has it. */
function commonOf<T>(actual: T, expected: T): T {
  return actual !== expected && !String(actual).endsWith(",") ? expected : actual;
}
