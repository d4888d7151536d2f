import { DateTime, Duration, Interval } from "luxon";

export const handler = async (event: { at: string; zone: string }) => {
  const at = DateTime.fromISO(event.at, { zone: "utc" });
  const there = at.setZone(event.zone);
  return {
    there: there.toISO(),
    zone: there.zoneName,
    offset: there.offsetNameShort,
    french: there.setLocale("fr").toLocaleString(DateTime.DATETIME_FULL),
    summer: there.isInDST,
    week: there.weekNumber,
    left: Interval.fromDateTimes(at, at.endOf("month")).toDuration(["days", "hours"]).toObject(),
    human: Duration.fromObject({ hours: 49 }).shiftTo("days", "hours").toHuman(),
  };
};
