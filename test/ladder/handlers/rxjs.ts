import {
  bufferCount,
  catchError,
  concatMap,
  defer,
  from,
  lastValueFrom,
  of,
  retry,
  scan,
  timer,
  toArray,
} from "rxjs";

export const handler = async (event: { ids: number[] }) => {
  let attempts = 0;
  const flaky = defer(() => (++attempts < 3 ? Promise.reject(new Error("flaky")) : Promise.resolve("done")));
  return {
    batches: await lastValueFrom(
      from(event.ids).pipe(
        concatMap((id) => timer(1).pipe(concatMap(() => of(id * 2)))),
        bufferCount(2),
        toArray(),
      ),
    ),
    sums: await lastValueFrom(
      from(event.ids).pipe(
        scan((sum, id) => sum + id, 0),
        toArray(),
      ),
    ),
    retried: await lastValueFrom(
      flaky.pipe(
        retry(3),
        catchError(() => of("gave up")),
      ),
    ),
    attempts,
  };
};
