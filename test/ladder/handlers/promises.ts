import async from "async";
import Bluebird from "bluebird";
import pLimit from "p-limit";
import pRetry, { AbortError } from "p-retry";
import { setTimeout as sleep } from "node:timers/promises";

export const handler = async (event: { urls: string[] }) => {
  let running = 0;
  let most = 0;
  const limit = pLimit(2);
  const fetched = await Promise.all(
    event.urls.map((url) =>
      limit(async () => {
        most = Math.max(most, ++running);
        await sleep(2);
        running -= 1;
        return url.length;
      }),
    ),
  );
  let tries = 0;
  const retried = await pRetry(() => (++tries < 3 ? Promise.reject(new Error("again")) : "there"), {
    minTimeout: 1,
  });
  const aborted = await pRetry(
    () => {
      throw new AbortError("stop");
    },
    { minTimeout: 1 },
  ).catch((error: Error) => error.message);
  const series = await async.mapSeries([1, 2, 3], async (n: number) => n * n);
  const parallel = await async.parallelLimit(
    [(done) => setTimeout(done, 2, null, "a"), (done) => setImmediate(done, null, "b")],
    2,
  );
  const bird = await Bluebird.map([3, 1, 2], (n) => Bluebird.delay(n).then(() => n + 1), { concurrency: 2 });
  const slow = await Bluebird.delay(50)
    .timeout(1)
    .catch(Bluebird.TimeoutError, () => "timed out");
  return { fetched, most, retried, tries, aborted, series, parallel, bird, slow };
};
