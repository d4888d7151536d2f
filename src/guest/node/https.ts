/** `node:https`: made with `node:http`. */
import http from "node:http";

export function create(): object {
  return Reflect.get(http, Symbol.for("isolet.https")) as object;
}
