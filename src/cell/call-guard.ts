import type { GuestListener } from "./generic-environment.ts";
import type { EndReason } from "./protocol.ts";
import type { RunBudget } from "./run-budget.ts";

/**
 * Stops a guest that goes on past its time by calls to its cell. isolated-vm's `timeout` alone doesn't: what it does to
 * interrupt is lost on a guest that is in such a call, as one that makes nothing but calls nearly always is (7.0.1).
 */
export function guardCalls(
  listener: GuestListener,
  budget: RunBudget,
  overran: (reason: EndReason) => void,
): GuestListener {
  const isOver = (): boolean => {
    const reason = budget.overrun;
    if (reason) overran(reason);
    return reason !== undefined;
  };
  return {
    ...listener,
    receive: (kind, a, text) => (isOver() ? undefined : listener.receive(kind, a, text)),
    answer: (kind, text) => (isOver() ? "" : listener.answer(kind, text)),
  };
}
