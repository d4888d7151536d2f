/** `isolet/runtime`: what a function can do that Lambda has no words for. */
import type { GuestPermissions } from "../contract.ts";
import { createBindings } from "./isolet-runtime/bindings.ts";
import type { RuntimeCalls } from "./isolet-runtime/calls.ts";
import { createInvoke, FunctionError } from "./isolet-runtime/invoke.ts";

interface Parts {
  readonly calls: RuntimeCalls;
  readonly facts: { readonly permissions: GuestPermissions };
}

export function create({ calls, facts }: Parts): object {
  return {
    invoke: createInvoke(calls),
    bindings: createBindings(calls, facts.permissions.bindings ?? []),
    FunctionError,
  };
}
