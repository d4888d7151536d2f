import type { Attack, Family } from "../attack.ts";
import { cpu } from "./cpu.ts";
import { escape } from "./escape.ts";
import { init } from "./init.ts";
import { memory } from "./memory.ts";
import { protocol } from "./protocol.ts";
import { result } from "./result.ts";
import { stack } from "./stack.ts";
import { state } from "./state.ts";

/** All attacks of the suite. */
export const ATTACKS: Readonly<Record<Family, readonly Attack[]>> = {
  cpu,
  memory,
  stack,
  result,
  protocol,
  escape,
  state,
  init,
};
