import { checkUsage } from "./checks.ts";
import { type GuestMeasures, GuestQuestion } from "../../contract.ts";

/** The runtime's way to the cell. */
export interface Asking {
  ask(kind: number, text: string): string;
}

interface CpuUsage {
  readonly user: number;
  readonly system: number;
}

/** Memory and CPU time of the environment. What belongs to the process it is in is none of its business, and 0. */
export function measured(host: Asking): object {
  const measure = (): GuestMeasures => JSON.parse(host.ask(GuestQuestion.Measure, "")) as GuestMeasures;
  const memoryUsage = (): object => {
    const { heapTotalBytes, heapUsedBytes, externalBytes } = measure();
    return {
      rss: heapTotalBytes + externalBytes,
      heapTotal: heapTotalBytes,
      heapUsed: heapUsedBytes,
      external: externalBytes,
      arrayBuffers: externalBytes,
    };
  };
  const rss = (): number => {
    const { heapTotalBytes, externalBytes } = measure();
    return heapTotalBytes + externalBytes;
  };
  const cpuUsage = (before?: CpuUsage): CpuUsage => {
    checkUsage(before);
    return { user: measure().cpuUs - (before?.user ?? 0), system: 0 - (before?.system ?? 0) };
  };
  return {
    memoryUsage: Object.assign(memoryUsage, { rss }),
    constrainedMemory: () => measure().heapLimitBytes,
    availableMemory: () => {
      const { heapLimitBytes, heapUsedBytes, externalBytes } = measure();
      return Math.max(0, heapLimitBytes - heapUsedBytes - externalBytes);
    },
    cpuUsage,
    threadCpuUsage: cpuUsage,
    resourceUsage: () => ({ ...NO_USAGE, userCPUTime: measure().cpuUs, maxRSS: Math.round(rss() / 1024) }),
  };
}

const NO_USAGE = {
  userCPUTime: 0,
  systemCPUTime: 0,
  maxRSS: 0,
  sharedMemorySize: 0,
  unsharedDataSize: 0,
  unsharedStackSize: 0,
  minorPageFault: 0,
  majorPageFault: 0,
  swappedOut: 0,
  fsRead: 0,
  fsWrite: 0,
  ipcSent: 0,
  ipcReceived: 0,
  signalsCount: 0,
  voluntaryContextSwitches: 0,
  involuntaryContextSwitches: 0,
};
