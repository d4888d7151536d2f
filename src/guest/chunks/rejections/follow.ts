import {
  append,
  globalObject,
  noSpecies,
  promiseThen,
  record,
  reflectApply,
  reflectDefineProperty,
  SafePromise,
} from "../../runtime/primordials.ts";

/** A promise that was rejected, and nobody has asked for its reason. */
export interface Left {
  readonly promise: Promise<unknown>;
  readonly reason: unknown;
}

interface FollowPorts {
  /** Whether anybody wants to know. */
  readonly isHeard: () => boolean;
  /** Leaves a rejection of the runtime's own for V8 to tell the cell of, which then asks the guest when the run is over. */
  readonly signal: () => Promise<unknown>;
  /** A promise that was told of as left is asked after all. */
  readonly handledLate: (promise: Promise<unknown>) => void;
}

interface Followed {
  isHandled: boolean;
  isTold: boolean;
}

interface Waiting extends Left {
  readonly followed: Followed;
}

const { construct } = Reflect;

/** Gives back what it is given, so that a class derived from it puts its private fields there. */
const Given = function (promise: object): object {
  return promise;
} as unknown as new (promise: object) => object;

/** What is known of a promise, on itself: a map would hold up the collection of them all. */
class Mark extends Given {
  readonly #followed: Followed = { isHandled: false, isTold: false };

  static of(promise: object): Followed | undefined {
    return #followed in promise ? promise.#followed : undefined;
  }
}

/**
 * Follows each promise from its construction, which for `then`, `Promise.all` and the like is by the constructor, too: user code
 * has no native `async` functions, whose promises nobody could see. What has been rejected and not asked by `then` at the end of
 * a run is left. Gives what takes these.
 */
export function followPromises({ isHeard, signal, handledLate }: FollowPorts): () => readonly Left[] {
  let waiting: Waiting[] = [];
  let signalled: Promise<unknown> | undefined;
  let isBusy = false;

  function follow(promise: Promise<unknown>): void {
    const followed = Mark.of(new Mark(promise)) as Followed;
    isBusy = true;
    try {
      void promiseThen(promise, undefined, (reason) => {
        if (followed.isHandled) return;
        append(waiting, { promise, reason, followed });
        signalled ??= signal();
      });
    } finally {
      isBusy = false;
    }
  }

  const FollowedPromise: PromiseConstructor = new Proxy(
    SafePromise,
    record<ProxyHandler<PromiseConstructor>>({
      construct(target, args: unknown[], newTarget) {
        const promise = construct(target, args, newTarget) as Promise<unknown>;
        // One of a derived class is V8's to tell of: following it would call that class's constructor.
        if (!isBusy && newTarget === FollowedPromise && isHeard()) follow(promise);
        return promise;
      },
    }),
  );

  function handle(promise: object): void {
    const followed = Mark.of(promise);
    if (!followed || followed.isHandled) return;
    followed.isHandled = true;
    if (followed.isTold) handledLate(promise as Promise<unknown>);
    else if (signalled && leftOf(waiting).length === 0) {
      settled(signalled);
      signalled = undefined;
    }
  }

  const before = SafePromise.prototype.then as (...args: never[]) => unknown;
  const methods = {
    then(this: object, ...args: unknown[]): unknown {
      if (!isBusy && typeof this === "object") handle(this);
      return reflectApply(before, this, args);
    },
  };
  reflectDefineProperty(methods.then, "length", record({ value: 2, configurable: true }));
  hide(SafePromise.prototype, "then", methods.then);
  hide(SafePromise.prototype, "constructor", FollowedPromise);
  hide(globalObject, "Promise", FollowedPromise);

  return () => {
    const left = leftOf(waiting);
    waiting = [];
    signalled = undefined;
    for (let index = 0; index < left.length; index++) (left[index] as Waiting).followed.isTold = true;
    return left;
  };
}

function leftOf(waiting: readonly Waiting[]): Waiting[] {
  const left: Waiting[] = [];
  for (let index = 0; index < waiting.length; index++) {
    const one = waiting[index] as Waiting;
    if (!one.followed.isHandled) append(left, one);
  }
  return left;
}

/** V8 is to tell nobody of it. */
function settled(promise: Promise<unknown>): void {
  void promiseThen(noSpecies(promise), undefined, () => undefined);
}

function hide(target: object, name: string, value: unknown): void {
  reflectDefineProperty(
    target,
    name,
    record({ value, writable: true, enumerable: false, configurable: true }),
  );
}
