/** Events as an EventBridge rule with a schedule sends them: one a night. */
import type { ScheduledEvent } from "aws-lambda";
import { createRandom } from "./random.ts";
import { ACCOUNT, DAY_START_MS, REGION, type Sample } from "./sample.ts";

const DAY_MS = 86_400_000;

export function scheduledEvents(
  count: number,
  seed = 4,
): readonly Sample<ScheduledEvent<Record<string, never>>>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, night) => ({
    event: {
      version: "0",
      id: random.uuid(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: ACCOUNT,
      // EventBridge writes times without milliseconds.
      time: `${new Date(DAY_START_MS - night * DAY_MS).toISOString().slice(0, 19)}Z`,
      region: REGION,
      resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/nightly-report`],
      detail: {},
    },
  }));
}
