/** Differences of two lists, by their longest common part. */

/** Most comparisons that are made for it: longer lists are told apart as wholes. */
const WORK_LIMIT = 4_000_000;

/** Each item with 0 when both have it, 1 when only `actual` does, -1 when only `expected` does. */
export function lineDiff<T>(actual: readonly T[], expected: readonly T[]): [number, T][] {
  let start = 0;
  while (start < actual.length && start < expected.length && actual[start] === expected[start]) start++;
  let end = 0;
  const most = Math.min(actual.length, expected.length) - start;
  while (end < most && actual.at(-1 - end) === expected.at(-1 - end)) end++;
  const both = (items: readonly T[]): [number, T][] => items.map((item) => [0, item]);
  return [
    ...both(actual.slice(0, start)),
    ...middle(actual.slice(start, actual.length - end), expected.slice(start, expected.length - end)),
    ...both(actual.slice(actual.length - end)),
  ];
}

function middle<T>(a: readonly T[], b: readonly T[]): [number, T][] {
  if (a.length * b.length > WORK_LIMIT)
    return [...a.map((x): [number, T] => [1, x]), ...b.map((x): [number, T] => [-1, x])];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? 1 + (lengths[(i + 1) * width + j + 1] ?? 0)
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return walk(a, b, lengths);
}

function walk<T>(a: readonly T[], b: readonly T[], lengths: Uint32Array): [number, T][] {
  const width = b.length + 1;
  const found: [number, T][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push([0, a[i] as T]);
      i++;
      j++;
    } else if (
      j === b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      found.push([1, a[i] as T]);
      i++;
    } else {
      found.push([-1, b[j] as T]);
      j++;
    }
  }
  return found;
}
