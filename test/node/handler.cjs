"use strict";

/** Runs one of Node's tests, which ends as a program does: when nothing is left to happen. */
exports.handler = ({ file }) => {
  process.argv[1] = `/var/task/test/parallel/${file}`;
  // What it throws at once is uncaught as well, and ends the environment.
  process.nextTick(() => {
    if (file.endsWith(".mjs")) return import(process.argv[1]).then(atEnd);
    atEnd();
    require(process.argv[1]);
  });
  return new Promise(() => {});
};

function atEnd() {
  process.on("beforeExit", () => process.exit());
}
