/** Entry of the cell program in a process of its own. */
import { Cell } from "./cell.ts";
import { FileBoard } from "./file-board.ts";
import { cellToHost, hostToCell } from "./frame-messages.ts";
import { FrameDecoder, FrameEncoder } from "./frames.ts";
import { ProcessCellPort } from "./process-port.ts";
import { ProcessFiles } from "./process-start.ts";

const [maxTextBytes = NaN, maxFrameBytes = NaN] = process.argv.slice(2).map(Number);

/** There is nothing to save, and a host that is gone asks for nothing more. */
const leave = (): void => void process.kill(process.pid, "SIGKILL");

// Polling a stream makes many errors whose origin nobody reads.
Error.stackTraceLimit = 0;
const limits = { maxTextBytes, maxFrameBytes };
const codec = {
  encoder: new FrameEncoder(cellToHost, limits),
  decoder: new FrameDecoder(hostToCell, limits),
};
const port = new ProcessCellPort(ProcessFiles.Stream, codec, leave);
const cell = new Cell(port, new FileBoard(ProcessFiles.Board));
cell.loadAll();
dropRights();
cell.start();

/** What loading took is needed no more. */
function dropRights(): void {
  const { permission } = process as { readonly permission?: { drop?(scope: string): void } };
  for (const scope of ["fs.read", "addon"]) permission?.drop?.(scope);
}
