const moment = require("moment");

exports.handler = async ({ at }) => ({
  formatted: moment.utc(at).locale("en").format("dddd, MMMM Do YYYY, h:mm:ss a"),
  next: moment.utc(at).add(1, "month").startOf("isoWeek").toISOString(),
  duration: moment.duration(90, "minutes").humanize(),
});
