/** The method that `util.inspect` calls. */
export const inspectKey: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

export type InspectOptions = object;
export type Inspect = (value: unknown, options: InspectOptions) => string;
