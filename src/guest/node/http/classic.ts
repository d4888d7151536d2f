/** Any class, also one made by {@link classic}. */
export type Class = abstract new (...args: never[]) => object;

/**
 * A class as Node's own older ones are: a function that may be called on an object that is already there
 * (`http.ServerResponse.call(this, request)`), which `class` doesn't allow and libraries do.
 */
export function classic<Methods extends Class>(
  name: string,
  parent: Class,
  methods: Methods,
  initialize: (self: InstanceType<Methods>, ...args: never[]) => void,
): new (...args: unknown[]) => InstanceType<Methods> {
  const made = function (this: object, ...args: unknown[]): object | undefined {
    if (!(this instanceof made)) return Reflect.construct(made, args) as object;
    Reflect.apply(initialize, undefined, [this, ...args]);
    return undefined;
  };
  const prototype = made.prototype as object;
  Object.setPrototypeOf(made, parent);
  Object.setPrototypeOf(prototype, parent.prototype as object);
  const { constructor: _, ...own } = Object.getOwnPropertyDescriptors(methods.prototype as object);
  Object.defineProperties(prototype, own);
  Object.defineProperty(made, "name", { value: name, configurable: true });
  return made as never;
}
