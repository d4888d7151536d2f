import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellToHost, FrameDecoder, FrameEncoder, FrameError, hostToCell } from "../../src/cell/frames.ts";
import type { FrameSchema } from "../../src/cell/frame-schema.ts";
import {
  type AnyMessage,
  cellMessages,
  CHECKED_TEXT,
  hostMessages,
  isCellMessage,
  isHostMessage,
} from "./frames-support.ts";

const roomy = { maxFrameBytes: 1_048_576, maxTextBytes: 524_288 };
const strict = { maxFrameBytes: 8_192, maxTextBytes: CHECKED_TEXT };

/** Cuts bytes into chunks, each in memory of its own; sizes are used in turn. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

const chunkSizes = fc.oneof(
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
  fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
);

/** One change to a stream of bytes; positions count modulo its length. */
type Edit = (bytes: Buffer) => Buffer;

const at = fc.nat({ max: 0xffff });
const wrap = (bytes: Buffer, index: number): number => (bytes.length === 0 ? 0 : index % bytes.length);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([index, mask]): Edit => (bytes) => {
    const changed = Buffer.from(bytes);
    const place = wrap(bytes, index);
    if (changed.length > 0) changed.writeUInt8((changed[place] ?? 0) ^ mask, place);
    return changed;
  }),
  fc.tuple(at, fc.integer({ min: 1, max: 12 })).map(([index, count]): Edit => (bytes) => {
    const place = wrap(bytes, index);
    return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + count)]);
  }),
  fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 12 })).map(([index, added]): Edit => (bytes) => {
    const place = wrap(bytes, index);
    return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place)]);
  }),
  at.map(
    (index): Edit =>
      (bytes) =>
        bytes.subarray(0, wrap(bytes, index)),
  ),
  // A piece of the stream over another place of it.
  fc.tuple(at, at, fc.integer({ min: 1, max: 64 })).map(([from, to, count]): Edit => (bytes) => {
    const changed = Buffer.from(bytes);
    const place = wrap(bytes, from);
    bytes.copy(changed, wrap(bytes, to), place, place + count);
    return changed;
  }),
  // A number where lengths, counts and ids stand.
  fc
    .tuple(at, fc.constantFrom(0, 1, 4, 5, 255, 4_096, 4_097, 65_536, 65_537, 0x7fff_ffff, 0xffff_ffff))
    .map(([index, value]): Edit => (bytes) => {
      const changed = Buffer.concat([bytes, Buffer.alloc(4)]);
      changed.writeUInt32LE(value, wrap(bytes, index));
      return changed.subarray(0, bytes.length);
    }),
  // The right length again, so that what is inside gets read.
  fc.constant((bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes);
    if (changed.length >= 4) changed.writeUInt32LE(changed.length - 4);
    return changed;
  }),
);

interface Side {
  readonly name: string;
  readonly schema: FrameSchema<AnyMessage>;
  readonly messages: readonly fc.Arbitrary<AnyMessage>[];
  readonly isValid: (message: AnyMessage) => boolean;
}

const sides: readonly Side[] = [
  {
    name: "host to cell",
    schema: hostToCell as unknown as FrameSchema<AnyMessage>,
    messages: hostMessages,
    isValid: isHostMessage,
  },
  {
    name: "cell to host",
    schema: cellToHost as unknown as FrameSchema<AnyMessage>,
    messages: cellMessages,
    isValid: isCellMessage,
  },
];

describe.each(sides)("frames from $name, whatever comes", ({ schema, messages, isValid }) => {
  const batch = fc.array(fc.oneof(...messages), { minLength: 1, maxLength: 12 });

  /** Feeds a decoder to the end or to its refusal and checks what it promises on the way; gives whether it refused. */
  function survive(bytes: Buffer, sizes: readonly number[]): boolean {
    const decoder = new FrameDecoder(schema, strict);
    let received = 0;
    for (const chunk of cut(bytes, sizes)) {
      received += chunk.length;
      try {
        decoder.push(chunk, (got) => {
          for (const message of got)
            if (!isValid(message)) throw new Error(`not of the protocol: ${JSON.stringify(message)}`);
        });
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
        expect(decoder.heldBytes).toBe(0);
        expect(() => decoder.push(Buffer.alloc(0), () => {})).toThrow(FrameError);
        return true;
      }
      if (decoder.heldBytes > Math.max(64, 2 * received))
        throw new Error(`${decoder.heldBytes} bytes are held for ${received} received`);
    }
    return false;
  }

  it("brings any batches back as they were and in order, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), chunkSizes, (batches, sizes) => {
        const encoder = new FrameEncoder(schema, roomy);
        const stream = Buffer.concat(batches.map((each) => encoder.encode(each)));
        const decoder = new FrameDecoder(schema, roomy);
        const received: AnyMessage[][] = [];
        for (const chunk of cut(stream, sizes)) {
          decoder.push(chunk, (got) => received.push(got));
          // What is returned must not lie in the chunk.
          chunk.fill(0xee);
        }
        expect(received).toStrictEqual(batches);
        expect(decoder.heldBytes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("brings a batch back in order when it has to be split into frames", () => {
    fc.assert(
      fc.property(batch, fc.integer({ min: 0, max: 400 }), (each, spare) => {
        const alone = each.map((message) => new FrameEncoder(schema, roomy).encode([message]).length - 4);
        const maxFrameBytes = Math.max(64, ...alone) + spare;
        const limits = { ...roomy, maxFrameBytes };
        const received: AnyMessage[][] = [];
        const decoder = new FrameDecoder(schema, limits);
        decoder.push(new FrameEncoder(schema, limits).encode(each), (got) => received.push(got));
        expect(received.flat()).toStrictEqual(each);
        const bytes = alone.reduce((sum, length) => sum + length - 4, 4);
        expect(received.length > 1).toBe(bytes > maxFrameBytes);
      }),
      { numRuns: 100 },
    );
  });

  it("takes damaged frames for what they still say or refuses them", () => {
    const outcomes = new Set<boolean>();
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 3 }),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        chunkSizes,
        (batches, edits, sizes) => {
          const encoder = new FrameEncoder(schema, roomy);
          const stream = Buffer.concat(batches.map((each) => encoder.encode(each)));
          const damaged = edits.reduce<Buffer>((bytes, change) => change(bytes), stream);
          outcomes.add(survive(damaged, sizes));
        },
      ),
      { numRuns: 1_500 },
    );
    expect(outcomes.size).toBe(2);
  });

  it("takes or refuses a message whose bytes are anything", () => {
    const kinds = schema.byKind.flatMap((fields, kind) => (fields ? [kind] : []));
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 20 }).map((some) => Buffer.from(some)),
            fc.constantFrom(0, 1, 2, 9).map((value) => Buffer.from([value, 0, 0, 0])),
            fc.double().map((value) => {
              const some = Buffer.alloc(8);
              some.writeDoubleLE(value);
              return some;
            }),
          ),
          { maxLength: 9 },
        ),
        chunkSizes,
        (kind, parts, sizes) => {
          const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, kind]), ...parts]);
          frame.writeUInt32LE(frame.length - 4);
          survive(frame, sizes);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it("takes or refuses any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), chunkSizes, (bytes, sizes) => {
        survive(Buffer.from(bytes), sizes);
      }),
      { numRuns: 500 },
    );
  });
});
