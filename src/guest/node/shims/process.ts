/** What readable-stream asks of the package `process`. */
const runtimeProcess: NodeJS.Process = process;

export default runtimeProcess;
export const nextTick: NodeJS.Process["nextTick"] = process.nextTick;
