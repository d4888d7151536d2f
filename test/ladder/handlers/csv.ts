import { parse as parseStream } from "csv-parse";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { Readable } from "node:stream";

export const handler = async (event: { csv: string }) => {
  const rows = parse(event.csv, { columns: true, skip_empty_lines: true, trim: true, cast: true }) as Record<
    string,
    unknown
  >[];
  const streamed: unknown[] = [];
  for await (const record of Readable.from([event.csv.slice(0, 11), event.csv.slice(11)]).pipe(
    parseStream({ from_line: 2, skip_empty_lines: true }),
  ))
    streamed.push(record);
  return { rows, streamed, back: stringify(rows, { header: true, quoted_string: true }) };
};
