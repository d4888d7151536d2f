/** As `console.timeEnd` writes it: `1.234ms`, `1.234s`, `1:02.345 (m:ss.mmm)`, `1:02:03.456 (h:mm:ss.mmm)`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Number(durationMs.toFixed(3))}ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(3)}s`;
  const seconds = ((durationMs % 60_000) / 1000).toFixed(3).padStart(6, "0");
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const hours = Math.floor(durationMs / 3_600_000);
  if (hours === 0) return `${minutes}:${seconds} (m:ss.mmm)`;
  return `${hours}:${String(minutes).padStart(2, "0")}:${seconds} (h:mm:ss.mmm)`;
}
