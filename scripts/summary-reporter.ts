import type { Reporter, TestModule } from "vitest/node";

/**
 * Names the tests that passed only when tried again, and ends the output with one line for machines:
 * `120 passed, 0 failed, 2 skipped`.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of testModules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (test.diagnostic()?.flaky) {
          console.log(
            `Passed when tried again: ${test.fullName}: ${errors?.[0]?.message ?? "no error was kept"}`,
          );
        }
        // A test that never got a result didn't run, which nobody chose.
        if (state === "passed" || state === "skipped") count[state] += 1;
        else failedTests += 1;
      }
      // A file that failed without a failing test could not be loaded, or one of its hooks threw.
      count.failed += failedTests === 0 && !module.ok() ? 1 : failedTests;
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
