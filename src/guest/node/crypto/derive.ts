/** Keys of passwords and of other keys. */
import { checkBytes, checkFunction, checkInteger, checkObject, checkString, invalidType } from "./checks.ts";
import type { Context } from "./context.ts";

const MAX_INTEGER = 2_147_483_647;

type Check = (...args: readonly unknown[]) => unknown[];

export function createDerivations(context: Context): Record<string, unknown> {
  const both = (name: string, check: Check): Record<string, unknown> => ({
    [name](...args: unknown[]) {
      const callback = args.pop();
      const given = check(...args);
      checkFunction(callback);
      context.later(name, given, callback);
    },
    [`${name}Sync`]: (...args: unknown[]) => context.ask(name, ...check(...args)),
  });

  return {
    ...both("pbkdf2", (password, salt, iterations, size, digest) => {
      if (typeof digest !== "string") throw invalidType("digest", "of type string", digest);
      checkBytes(password, "password");
      checkBytes(salt, "salt");
      checkInteger(iterations, "iterations", 1, MAX_INTEGER);
      checkInteger(size, "keylen", 0, MAX_INTEGER);
      return [password, salt, iterations, size, digest];
    }),
    ...both("scrypt", (password, salt, size, options) => {
      checkBytes(password, "password");
      checkBytes(salt, "salt");
      checkInteger(size, "keylen", 0, MAX_INTEGER);
      if (options !== undefined) checkObject(options, "options");
      return [password, salt, size, options];
    }),
    ...both("hkdf", (digest, key, salt, info, size) => {
      checkString(digest, "digest");
      if (typeof key !== "object") checkBytes(key, "ikm");
      checkBytes(salt, "salt");
      checkBytes(info, "info");
      checkInteger(size, "length", 0, MAX_INTEGER);
      return [digest, key, salt, info, size];
    }),
    ...both("argon2", (algorithm, parameters) => {
      checkString(algorithm, "algorithm");
      checkObject(parameters, "parameters");
      return [algorithm, parameters];
    }),
    diffieHellman(options: unknown, callback?: unknown) {
      checkObject(options, "options");
      return context.either("diffieHellman", [options], callback);
    },
    encapsulate: (key: unknown, callback?: unknown) => context.either("encapsulate", [key], callback),
    decapsulate: (key: unknown, ciphertext: unknown, callback?: unknown) =>
      context.either("decapsulate", [key, ciphertext], callback),
  };
}
