"use strict";

/** As much of `node:test` as Node's tests of other modules use: tests one after the other, the first failure ends the process. */
const assert = require("assert");

const hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
const queue = [];
let isRunning = false;

function contextOf(name) {
  const afters = [];
  const context = {
    name,
    afters,
    signal: new AbortController().signal,
    assert,
    skip() {},
    todo() {},
    plan() {},
    diagnostic() {},
    runOnly() {},
    after: (run) => afters.push(run),
    before: (run) => run(),
    test: (...args) => runTest(...parse(args)),
  };
  return context;
}

function parse(args) {
  const run = args.findLast((arg) => typeof arg === "function");
  const name = args.find((arg) => typeof arg === "string") ?? run?.name;
  const options = args.find((arg) => typeof arg === "object" && arg !== null) ?? {};
  return [name, options, run];
}

async function runTest(name, options, run) {
  if (options.skip || options.todo || !run) return;
  const context = contextOf(name);
  for (const hook of hooks.beforeEach) await hook(context);
  await (run.length > 1
    ? new Promise((resolve, reject) => run(context, (error) => (error ? reject(error) : resolve())))
    : run.call(context, context));
  for (const hook of context.afters) await hook(context);
  for (const hook of hooks.afterEach) await hook(context);
}

async function drain() {
  for (const run of hooks.before) await run();
  while (queue.length > 0) {
    const { name, options, run, resolve } = queue.shift();
    try {
      await runTest(name, options, run);
      resolve();
    } catch (error) {
      console.error(`# ${name}`);
      // As an uncaught error, so that the process ends with it.
      process.nextTick(() => {
        throw error;
      });
      return;
    }
  }
  for (const run of hooks.after) await run();
  isRunning = false;
}

function test(...args) {
  const [name, options, run] = parse(args);
  return new Promise((resolve) => {
    queue.push({ name, options, run, resolve });
    if (isRunning) return;
    isRunning = true;
    setImmediate(drain);
  });
}

/** What it declares runs with all else. */
function suite(...args) {
  const [, options, run] = parse(args);
  if (!options.skip && !options.todo) run?.();
}

const nothing = () => {};
for (const one of [test, suite]) Object.assign(one, { skip: nothing, todo: nothing, only: one });
const hook = (name) => (run) => void hooks[name].push(run);
module.exports = Object.assign(test, {
  test,
  it: test,
  suite,
  describe: suite,
  before: hook("before"),
  after: hook("after"),
  beforeEach: hook("beforeEach"),
  afterEach: hook("afterEach"),
});
