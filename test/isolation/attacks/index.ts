import type { Attack, Family } from "../attack.ts";
import { calls } from "./calls.ts";
import { cpu } from "./cpu.ts";
import { escape } from "./escape.ts";
import { init } from "./init.ts";
import { memory } from "./memory.ts";
import { modules } from "./modules.ts";
import { network } from "./network.ts";
import { protocol } from "./protocol.ts";
import { result } from "./result.ts";
import { runtime } from "./runtime.ts";
import { services } from "./services.ts";
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
  services,
  calls,
  runtime,
  modules,
  network,
};
