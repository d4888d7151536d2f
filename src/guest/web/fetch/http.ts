/** `node:http`, as far as undici's fetch uses it: for upgraded connections, of which a guest has none. */
export const STATUS_CODES: Readonly<Record<number, string>> = {};
