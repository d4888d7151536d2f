const semver = require("semver");
const debug = require("debug")("ladder:semver");

exports.handler = async ({ versions, range }) => {
  debug("checking %d versions", versions.length);
  return {
    sorted: semver.sort([...versions]),
    best: semver.maxSatisfying(versions, range),
    next: semver.inc("1.2.3", "preminor", "beta"),
    enabled: debug.enabled,
  };
};
