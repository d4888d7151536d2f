/** How long a host stays awake for an answer, in milliseconds: those of short runs come sooner. */
const AWAKE_MS = 0.1;

/** What an answer counts with that takes longer, in milliseconds: it was not worth staying awake for. */
const LONG_MS = 0.25;

/**
 * A trial's blocks of answers, in each of which the host waits in one way: a machine takes its time to fall asleep as
 * deeply as it will. The first answers of a block don't count.
 */
const BLOCKS = 6;
const BLOCK = 80;
const SETTLING = 30;

/** Answers for which the better way is then kept: few at first, twice as many whenever it proves the better one again. */
const FIRST_TERM = 500;
const LONGEST_TERM = 8_000;

/** By how much staying awake must be the sooner of the two: it costs CPU time. */
const WORTH = 0.93;

/** Keeps a turn of the event loop coming. */
type NextTurn = (turn: () => void) => void;

/**
 * How a host waits for the answer to a lone invocation: asleep in its event loop, or awake, by having the loop turn without
 * sleeping. A loop that is awake does everything else as ever and hears the answer 10 to 20 µs sooner on a machine with
 * nothing else to do; where its CPU is needed by others it hears it later. So both are tried, in turns, and the better one
 * is kept for a while.
 */
export class Vigil {
  readonly #nextTurn: NextTurn;
  readonly #now: () => number;
  /** Nothing can be told from the first answers, which take long for other reasons. */
  #isTrial = false;
  #term = FIRST_TERM;
  #answers = 0;
  /** Sums of the present trial. */
  #awakeMs = 0;
  #asleepMs = 0;
  #isPaying = false;
  #beganMs: number | undefined;
  #isTurning = false;

  constructor(nextTurn: NextTurn = setImmediate, now: () => number = () => performance.now()) {
    this.#nextTurn = nextTurn;
    this.#now = now;
  }

  /** A lone invocation has been sent. */
  begin(): void {
    this.#beganMs = this.#now();
    if (!this.#isAwake || this.#isTurning) return;
    this.#isTurning = true;
    this.#nextTurn(this.#turn);
  }

  /** The invocation is no longer alone: what the answer takes says nothing. */
  cancel(): void {
    this.#beganMs = undefined;
  }

  /** An answer has come. */
  end(): void {
    if (this.#beganMs === undefined) return;
    this.#judge(Math.min(LONG_MS, this.#now() - this.#beganMs));
    this.#beganMs = undefined;
  }

  /** In a trial every other block, so that what else changes meanwhile falls on both. */
  get #isAwake(): boolean {
    return this.#isTrial ? Math.floor(this.#answers / BLOCK) % 2 === 0 : this.#isPaying;
  }

  readonly #turn = (): void => {
    const goesOn = this.#beganMs !== undefined && this.#now() - this.#beganMs < AWAKE_MS;
    if (goesOn) this.#nextTurn(this.#turn);
    else this.#isTurning = false;
  };

  #decide(isPaying: boolean): void {
    this.#term = isPaying === this.#isPaying ? Math.min(this.#term * 2, LONGEST_TERM) : FIRST_TERM;
    this.#isPaying = isPaying;
  }

  #judge(tookMs: number): void {
    if (this.#isTrial && this.#answers % BLOCK >= SETTLING) {
      if (this.#isAwake) this.#awakeMs += tookMs;
      else this.#asleepMs += tookMs;
    }
    if (++this.#answers < (this.#isTrial ? BLOCKS * BLOCK : this.#term)) return;
    if (this.#isTrial) this.#decide(this.#awakeMs < this.#asleepMs * WORTH);
    this.#isTrial = !this.#isTrial;
    this.#answers = 0;
    this.#awakeMs = 0;
    this.#asleepMs = 0;
  }
}
