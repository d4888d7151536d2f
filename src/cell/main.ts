/** Entry of the cell program in a worker thread of the host. */
import { parentPort, workerData } from "node:worker_threads";
import { ProgressBoard } from "./board.ts";
import { Cell } from "./cell.ts";
import { ThreadCellPort } from "./thread-port.ts";

/** What a host gives the thread it starts a cell in. */
export interface ThreadCellData {
  readonly board: SharedArrayBuffer;
}

if (!parentPort) throw new Error("isolet's cell program runs in a worker thread only");
const { board } = workerData as ThreadCellData;
new Cell(new ThreadCellPort(parentPort, new Int32Array(board)), new ProgressBoard(board)).start();
