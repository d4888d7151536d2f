/** memfs calls back from a promise's job, where what a callback throws rejects it, or calls it once more. */

type Method = (...args: unknown[]) => unknown;

/** Calls back once, as from a turn of the loop. An empty result is none, as in Node. */
export function calledBack(method: Method, isBare: boolean): Method {
  return (...args) => {
    const index = args.findLastIndex((arg) => typeof arg === "function");
    const callback = args[index];
    if (index === -1) return method(...args);
    let isCalled = false;
    args[index] = (...results: unknown[]): void => {
      if (isCalled) return;
      isCalled = true;
      if (isBare) results.length = Math.min(results.length, 1);
      process.nextTick(callback as Method, ...results);
    };
    return method(...args);
  };
}

/** Methods whose callbacks are given an error or nothing. */
export const BARE: ReadonlySet<string> = new Set(
  (
    "access,appendFile,chmod,chown,close,copyFile,cp,fchmod,fchown,fdatasync,fsync,ftruncate,futimes,lchmod,lchown,link," +
    "lutimes,rename,rm,rmdir,symlink,truncate,unlink,utimes,writeFile"
  ).split(","),
);
