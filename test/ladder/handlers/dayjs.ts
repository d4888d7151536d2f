import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime.js";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";

dayjs.extend(utc);
dayjs.extend(timezone);
dayjs.extend(relativeTime);

export const handler = async (event: { at: string }) => {
  const at = dayjs.utc(event.at);
  return {
    tokyo: at.tz("Asia/Tokyo").format("YYYY-MM-DD HH:mm Z"),
    relative: at.from(at.add(3, "hour")),
    end: at.endOf("month").toISOString(),
    diff: at.diff("2026-01-01", "day"),
  };
};
