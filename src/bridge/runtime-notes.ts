import type { Operation } from "./operations.ts";
import type { PermissionLedger } from "./permission-ledger.ts";

/**
 * `permission.note`: the guest's runtime says that a permission was used (`+eval`) or denied (`-wasm`) which it keeps by
 * itself. Who forges such a note changes what is reported of its own function, and nothing else.
 */
export function runtimeNotes(ledger: PermissionLedger): Operation {
  return (note, answer) => {
    const permission = note.slice(1);
    if (permission === "wasm" || permission === "eval") {
      const need = { permission, detail: permission, entry: "" } as const;
      if (note.startsWith("+")) ledger.used(need);
      else ledger.denied(need);
    }
    queueMicrotask(() => answer(1, ""));
    return { end: () => undefined };
  };
}
