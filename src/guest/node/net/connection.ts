import type { Target } from "./connect-options.ts";
import { type Caller, type ConnectionFacts, Wire, type WireUser } from "./wire.ts";

/** One connection, of a socket and of the TLS in it: what is set before it is there is said when it is. */
export class Connection {
  /** As it was named, whatever it was looked up by. */
  host: string = "localhost";
  wire: Wire | undefined;
  facts: ConnectionFacts = {};
  #isHeld = true;
  #noDelay = false;
  #keepAlive = "";
  #isThere = false;

  open(caller: Caller, target: Target, user: WireUser): Wire {
    const wire = new Wire(caller, target, user);
    this.wire = wire;
    if (!this.#isHeld) wire.hold(false);
    return wire;
  }

  connected(facts: ConnectionFacts): void {
    this.facts = facts;
    this.#isThere = true;
    if (this.#noDelay) this.wire?.setNoDelay(true);
    if (this.#keepAlive !== "") this.wire?.setKeepAlive(this.#keepAlive);
  }

  hold(held: boolean): void {
    if (this.#isHeld === held) return;
    this.#isHeld = held;
    this.wire?.hold(held);
  }

  setNoDelay(isOn: boolean): void {
    if (this.#noDelay === isOn) return;
    this.#noDelay = isOn;
    if (this.#isThere) this.wire?.setNoDelay(isOn);
  }

  setKeepAlive(isOn: boolean, delayMs: number): void {
    const setting = `${isOn ? 1 : 0},${delayMs}`;
    if (this.#keepAlive === setting || (!isOn && this.#keepAlive === "")) return;
    this.#keepAlive = setting;
    if (this.#isThere) this.wire?.setKeepAlive(setting);
  }
}
