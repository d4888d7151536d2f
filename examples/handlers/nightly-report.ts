/** Runs on a schedule: sums up yesterday's sales and writes them as Markdown for people and CSV for programs. */
import type { ScheduledEvent } from "aws-lambda";
import { percentile } from "../percentile.ts";
import { type Sale, salesOf } from "./sales-data.ts";

export interface Report {
  readonly day: string;
  readonly sales: number;
  readonly revenueCents: number;
  readonly markdown: string;
  readonly csv: string;
}

interface Row {
  readonly region: string;
  readonly channel: string;
  readonly sales: number;
  readonly revenueCents: number;
  readonly refundRate: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const DAY_MS = 86_400_000;

export const handler = async (event: ScheduledEvent): Promise<Report> => {
  // The event's own time, not the clock: a schedule that is run again must report on the same day.
  const day = dayBefore(event.time);
  const sales = salesOf(day);
  const rows = summarise(sales);
  const revenueCents = rows.reduce((sum, row) => sum + row.revenueCents, 0);
  console.log(`report of ${day}: ${sales.length} sales in ${rows.length} rows`);
  return { day, sales: sales.length, revenueCents, markdown: toMarkdown(day, rows), csv: toCsv(rows) };
};

export function dayBefore(time: string): string {
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) throw new RangeError(`The event's time ${JSON.stringify(time)} is no date`);
  return new Date(timeMs - DAY_MS).toISOString().slice(0, 10);
}

export function summarise(sales: readonly Sale[]): readonly Row[] {
  const groups = Map.groupBy(sales, ({ region, channel }) => `${region}\t${channel}`);
  return [...groups.values()].map(toRow).sort((a, b) => b.revenueCents - a.revenueCents);
}

function toRow(sales: readonly Sale[]): Row {
  const kept = sales.filter(({ refunded }) => !refunded);
  const waits = sales.map(({ checkoutMs }) => checkoutMs).sort((a, b) => a - b);
  return {
    region: sales[0]?.region ?? "",
    channel: sales[0]?.channel ?? "",
    sales: sales.length,
    revenueCents: kept.reduce((sum, { amountCents }) => sum + amountCents, 0),
    refundRate: 1 - kept.length / sales.length,
    p50Ms: percentile(waits, 50),
    p95Ms: percentile(waits, 95),
  };
}

function toMarkdown(day: string, rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.region} | ${row.channel} | ${row.sales} | ${money(row.revenueCents)} | ` +
      `${(row.refundRate * 100).toFixed(1)} % | ${row.p50Ms} | ${row.p95Ms} |`,
  );
  return [
    `# Sales of ${day}`,
    "",
    "| Region | Channel | Sales | Revenue | Refunded | Checkout p50 ms | p95 ms |",
    "|---|---|--:|--:|--:|--:|--:|",
    ...lines,
    "",
  ].join("\n");
}

function toCsv(rows: readonly Row[]): string {
  const header = ["region", "channel", "sales", "revenue", "refund_rate", "p50_ms", "p95_ms"];
  const lines = rows.map((row) => [
    row.region,
    row.channel,
    row.sales,
    money(row.revenueCents),
    row.refundRate.toFixed(4),
    row.p50Ms,
    row.p95Ms,
  ]);
  return [header, ...lines].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** RFC 4180: a cell with a comma, a quote or a line end is quoted, its quotes doubled. */
export function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}
