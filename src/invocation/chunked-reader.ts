/** A result that nests deeper than {@link MAX_RESULT_DEPTH}. */
export class TooDeepError extends Error {}

/** Up to this many characters a text is read by `JSON.parse` alone: at worst about 5 ms. */
export const SHORT_TEXT_CHARS = 65_536;

/**
 * How deep a result may nest. No short text can nest deeper, each level taking two characters, so that nobody needs to
 * count levels there.
 */
export const MAX_RESULT_DEPTH: number = SHORT_TEXT_CHARS / 2;

/** About how much is given to `JSON.parse` at a time: at worst half a millisecond, and its call costs nothing beside it. */
const CHUNK_CHARS = 4_096;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
/** What an element may end or begin with that is worth looking for. */
const ENDS = '}]"';
const BEGINNINGS = '{["';
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** How many times as long as others chunks become while guesses are right: at worst 3 ms. */
const LONGEST_GUESS = 4;

/** Chunks that are looked for bracket by bracket after a guess at where one ends was wrong. */
const CHUNKS_WITHOUT_GUESS = 4;

/** From an opening bracket's character to that of the closing one. */
const TO_CLOSING = 2;

type Container = unknown[] | Record<string, unknown>;

/**
 * Reads a JSON text in steps, and gives what `JSON.parse` gives or throws where it throws.
 *
 * It only looks for brackets, commas and texts, and has `JSON.parse` read everything between them, some elements or
 * members at a time. A container that ends within a chunk is part of one. For one that doesn't, its value is made here,
 * and what chunks hold is moved to it. So nothing is read twice, and every character has been seen by `JSON.parse` or is
 * a bracket or comma in its place.
 *
 * Looking costs as much as reading. Where elements follow each other, it guesses that the next chunk ends at a comma with
 * the same neighbours as the last one. `JSON.parse` finds out: what it takes is whole elements, so that the comma behind
 * them is one between elements.
 *
 * One text or number is read in one piece, at about 4 ms a MB at worst.
 */
export class ChunkedReader {
  readonly #text: string;
  readonly #chunkChars: number;
  readonly #maxDepth: number;
  /** How far the text has been looked at. */
  #at = 0;
  /** Where the open brackets are. The first level stands for the text as a whole. */
  readonly #opens: number[] = [-1];
  /** Where the last comma of each open level is. */
  readonly #cuts: number[] = [-1];
  /** The values of the first levels, for as many as have outgrown a chunk. */
  readonly #made: Container[] = [[]];
  /** Where, on the last level that has a value, that begins which it doesn't yet hold. */
  #start = 0;
  /** Whether an element of that level has just ended. */
  #isAfterElement = false;
  /** The comma after which `#start` is and its neighbours, when the next one may be guessed; else empty. */
  #separator = "";
  /** Chunks until guesses are made again. */
  #unguessed = 0;
  /** Least length of the next guessed chunk. */
  #guessChars: number;

  constructor(text: string, chunkChars: number = CHUNK_CHARS, maxDepth: number = MAX_RESULT_DEPTH) {
    this.#text = text;
    this.#chunkChars = chunkChars;
    this.#guessChars = chunkChars;
    this.#maxDepth = maxDepth;
  }

  /**
   * Goes on until the text ends or `isSpent` says that the turn is over; it is asked after each chunk. Gives whether the
   * text has ended. Throws a `SyntaxError` for what isn't JSON and {@link TooDeepError}, after which it is of no use.
   */
  advance(isSpent: () => boolean): boolean {
    const text = this.#text;
    const { length } = text;
    let at = this.#at;
    while (at < length) {
      if (this.#separator !== "") {
        at = this.#leap();
        if (isSpent()) break;
      }
      const char = text.charCodeAt(at);
      if (char === QUOTE) {
        at = this.#endOfText(at) + 1;
        continue;
      }
      let worked = false;
      if (char === COMMA) worked = this.#comma(at);
      else if (char === OPEN_ARRAY || char === OPEN_OBJECT) worked = this.#open(at);
      else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) worked = this.#close(at, char);
      at++;
      if (worked && isSpent()) break;
    }
    this.#at = at;
    return at >= length;
  }

  /** What the text says, once it has ended. Throws a `SyntaxError` as `advance` does. */
  value(): unknown {
    if (this.#opens.length > 1) throw new SyntaxError("Unexpected end of JSON input");
    if (this.#start === 0) return JSON.parse(this.#text);
    const [root] = this.#made as [unknown[]];
    this.#expectBlank(this.#text.length);
    return root[0];
  }

  /** Where the text that begins at `from` has its closing quote. */
  #endOfText(from: number): number {
    const text = this.#text;
    const quote = text.indexOf('"', from + 1);
    if (quote < 0) throw malformed(from, text.length);
    if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote;
    for (let at = from + 1; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === QUOTE) return at;
      if (char === BACKSLASH) at++;
    }
    throw malformed(from, text.length);
  }

  /** This and the next two give whether there was more to do than to note where something is. */
  #comma(at: number): boolean {
    const top = this.#opens.length - 1;
    if (top === 0) throw malformed(at, at);
    if (this.#isAfterElement && top === this.#made.length - 1) {
      this.#expectBlank(at);
      this.#isAfterElement = false;
      this.#start = at + 1;
      return false;
    }
    this.#cuts[top] = at;
    return this.#catchUp(at);
  }

  #open(at: number): boolean {
    if (this.#isAfterElement && this.#opens.length === this.#made.length) throw malformed(at, at);
    this.#opens.push(at);
    this.#cuts.push(-1);
    if (this.#opens.length - 1 > this.#maxDepth) throw new TooDeepError();
    return this.#catchUp(at);
  }

  #close(at: number, char: number): boolean {
    const opened = this.#opens.pop() as number;
    this.#cuts.pop();
    // A level without a value is checked with the chunk that holds it.
    if (this.#opens.length >= this.#made.length) return false;
    if (opened < 0 || this.#text.charCodeAt(opened) + TO_CLOSING !== char) throw malformed(at, at);
    const isEmptyAllowed = this.#start === opened + 1;
    if (this.#isAfterElement) this.#expectBlank(at);
    else if (this.#fill(at) === 0 && !isEmptyAllowed) throw malformed(at, at);
    this.#made.pop();
    this.#start = at + 1;
    this.#isAfterElement = true;
    return true;
  }

  /** Reads what has been passed, until less than a chunk is left. */
  #catchUp(at: number): boolean {
    if (at - this.#start < this.#chunkChars) return false;
    do {
      const level = this.#made.length - 1;
      const cut = this.#cuts[level] as number;
      if (cut >= this.#start) {
        if (this.#fill(cut) === 0) throw malformed(cut, cut);
        this.#start = cut + 1;
        this.#separator = this.#separatorAt(cut);
      } else if (level + 1 < this.#opens.length) {
        this.#make(this.#opens[level + 1] as number);
      } else {
        break;
      }
    } while (at - this.#start >= this.#chunkChars);
    return true;
  }

  /** The comma at `cut` with such neighbours as may show where others are; empty when it is not to be guessed. */
  #separatorAt(cut: number): string {
    if (this.#unguessed > 0) {
      this.#unguessed--;
      return "";
    }
    // The levels of a guessed chunk aren't counted; it may be twice as long as it has to be, and each takes two characters.
    if (this.#made.length + LONGEST_GUESS * this.#chunkChars > this.#maxDepth) return "";
    const before = this.#text.charAt(cut - 1);
    const after = this.#text.charAt(cut + 1);
    return `${ENDS.includes(before) ? before : ""},${BEGINNINGS.includes(after) ? after : ""}`;
  }

  /** Reads a chunk whose end is guessed, if that goes well; gives where to go on. */
  #leap(): number {
    const separator = this.#separator;
    // What was seen of the element under way is forgotten.
    this.#opens.length = this.#made.length;
    this.#cuts.length = this.#made.length;
    const chars = this.#guessChars;
    const found = this.#text.slice(this.#start, this.#start + 2 * chars).indexOf(separator, chars);
    const cut = this.#start + found + separator.indexOf(",");
    if (found >= 0 && this.#isFilledTo(cut)) {
      this.#start = cut + 1;
      this.#guessChars = Math.min(2 * chars, LONGEST_GUESS * this.#chunkChars);
    } else {
      this.#separator = "";
      this.#guessChars = this.#chunkChars;
      this.#unguessed = CHUNKS_WITHOUT_GUESS;
    }
    return this.#start;
  }

  /** As `#fill`, for an `end` that may not be one between elements: it says so then, and does nothing. */
  #isFilledTo(end: number): boolean {
    try {
      return this.#fill(end) > 0;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  /** Moves what stands before `end` to the last value; gives how many elements or members that is. */
  #fill(end: number): number {
    const target = this.#made.at(-1) as Container;
    const part = this.#text.slice(this.#start, end);
    if (Array.isArray(target)) {
      const elements = this.#parse(`[${part}]`, end) as unknown[];
      for (const element of elements) target.push(element);
      return elements.length;
    }
    const members = this.#parse(`{${part}}`, end) as Record<string, unknown>;
    const keys = Object.keys(members);
    for (const key of keys) put(target, key, members[key]);
    return keys.length;
  }

  /** Makes the value of the bracket at `at`, an element or member of the last one. */
  #make(at: number): void {
    const value: Container = this.#text.charCodeAt(at) === OPEN_ARRAY ? [] : {};
    const parent = this.#made.at(-1) as Container;
    // What stands before it is nothing, or the key and its colon: it is read with a null in place of the value.
    const before = this.#text.slice(this.#start, at);
    if (Array.isArray(parent)) {
      if (before !== "") this.#parse(`[${before}null]`, at);
      parent.push(value);
    } else {
      const [key] = Object.keys(this.#parse(`{${before}null}`, at) as object);
      put(parent, key as string, value);
    }
    this.#made.push(value);
    this.#start = at + 1;
    this.#separator = "";
  }

  /** Throws unless nothing but white space stands before `end`. */
  #expectBlank(end: number): void {
    if (end === this.#start) return;
    const elements = this.#parse(`[${this.#text.slice(this.#start, end)}]`, end) as unknown[];
    if (elements.length > 0) throw malformed(this.#start, end);
  }

  /** What stands before `end`, put in brackets. Its position in the whole says more than that in the part. */
  #parse(part: string, end: number): unknown {
    try {
      return JSON.parse(part);
    } catch {
      throw malformed(this.#start, end);
    }
  }
}

/** Gives `target` a property of its own, whatever the key means to objects and whatever has been done to their prototype. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key in target) {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

function malformed(from: number, to: number): SyntaxError {
  const where = from === to ? `at character ${from}` : `between characters ${from} and ${to}`;
  return new SyntaxError(`Unexpected text ${where}`);
}
