/**
 * How the fields of messages are laid out in frames. What a field carries is part of its type, exactly, so that a
 * schema that doesn't follow the protocol's tuples does not compile.
 */

/** How a field is laid out. */
export const Layout = {
  /** Unsigned 32-bit integer up to `max`. */
  Integer: 0,
  /** 64-bit float: finite, not negative. */
  Measure: 1,
  /** Byte count, then UTF-8. */
  Text: 2,
  /** One byte: an index into `choices`. */
  Choice: 3,
  /** Byte count and bytes, or {@link NO_BYTES}. */
  Bytes: 4,
  /** The fields of an object, in the order of `names`. */
  Record: 5,
} as const;

/** In place of a byte count: there are none, not even an empty array. */
export const NO_BYTES = 0xffff_ffff;

/** A field's layout; always with all properties, which keeps reading them fast. */
export interface FieldSpec {
  readonly layout: (typeof Layout)[keyof typeof Layout];
  readonly max: number;
  readonly choices: readonly unknown[];
  readonly names: readonly string[];
  readonly fields: readonly FieldSpec[];
}

declare const carried: unique symbol;

/** A field that carries exactly `T`: neither a wider nor a narrower type. */
export type Field<T> = FieldSpec & { readonly [carried]?: (value: T) => T };

/** Any message: its kind and its fields. */
type AnyMessage = readonly [kind: number, ...fields: unknown[]];

type FieldsOf<M> = M extends readonly [number, ...infer Values]
  ? { readonly [Index in keyof Values]-?: Field<Values[Index]> }
  : never;

/** For every kind of `M`, a field for each of the message's elements after the kind. */
export type MessageFields<M extends AnyMessage> = {
  readonly [Kind in M[0]]: FieldsOf<Extract<M, readonly [Kind, ...unknown[]]>>;
};

/** The fields of each message of `M`, by its kind. */
export interface FrameSchema<M> {
  readonly byKind: readonly (readonly FieldSpec[] | undefined)[];
  readonly [carried]?: (message: M) => M;
}

/** A schema of one direction. Kinds are from 0 to 255. */
export function frameSchema<M extends AnyMessage>(messages: MessageFields<M>): FrameSchema<M> {
  const byKind: (readonly FieldSpec[] | undefined)[] = new Array<undefined>(256).fill(undefined);
  for (const [kind, fields] of Object.entries<readonly FieldSpec[]>(messages)) byKind[Number(kind)] = fields;
  return { byKind };
}

const plain = { max: 0, choices: [], names: [], fields: [] } as const;

/** A whole number from 0 to `max`, by default to 2^32 - 1. */
export function integer(max: number = 0xffff_ffff): Field<number> {
  return { ...plain, layout: Layout.Integer, max };
}

/** A time or an amount: finite and not negative. */
export const measure: Field<number> = { ...plain, layout: Layout.Measure };

export const text: Field<string> = { ...plain, layout: Layout.Text };

export const optionalBytes: Field<Uint8Array | undefined> = { ...plain, layout: Layout.Bytes };

/** One of these values, at most 256. All values of the type must be given. */
export function choice<const Values extends readonly unknown[]>(...choices: Values): Field<Values[number]> {
  return { ...plain, layout: Layout.Choice, choices };
}

/** An object with exactly these properties. */
export function record<T extends object>(properties: {
  readonly [Name in keyof T]-?: Field<T[Name]>;
}): Field<T> {
  return {
    ...plain,
    layout: Layout.Record,
    names: Object.keys(properties),
    fields: Object.values<FieldSpec>(properties),
  };
}
