import {
  addBusinessDays,
  differenceInCalendarDays,
  eachDayOfInterval,
  format,
  formatDistance,
  isWeekend,
  parseISO,
} from "date-fns";
import { de } from "date-fns/locale";

export const handler = async (event: { from: string; to: string }) => {
  const from = parseISO(event.from);
  const to = parseISO(event.to);
  return {
    days: differenceInCalendarDays(to, from),
    workdays: eachDayOfInterval({ start: from, end: to }).filter((day) => !isWeekend(day)).length,
    due: format(addBusinessDays(to, 3), "EEEE, do MMMM yyyy HH:mm", { locale: de }),
    distance: formatDistance(from, to, { addSuffix: true }),
  };
};
