import Bottleneck from "bottleneck";
import * as changeCase from "change-case";
import { CronExpressionParser } from "cron-parser";
import equal from "fast-deep-equal";
import jmespath from "jmespath";
import jsonata from "jsonata";
import parsePhone from "libphonenumber-js";
import { LRUCache } from "lru-cache";
import moment from "moment-timezone";
import NodeCache from "node-cache";
import PQueue from "p-queue";
import rrule from "rrule";
import { match, P } from "ts-pattern";

const cache = new LRUCache<string, number>({ max: 2 });
const timed = new NodeCache({ stdTTL: 60, checkperiod: 0 });

interface Event {
  orders: { id: number; customer: string; total: number }[];
  phones: string[];
  at: string;
}

export const handler = async (event: Event) => {
  for (const { id, customer } of event.orders) cache.set(customer, id);
  timed.set("seen", { at: event.at });
  const order: number[] = [];
  const queue = new PQueue({ concurrency: 1 });
  await queue.addAll(
    event.orders.map(
      ({ id }) =>
        () =>
          Promise.resolve(order.push(id)),
    ),
  );
  const limiter = new Bottleneck({ maxConcurrent: 1 });
  const cron = CronExpressionParser.parse("*/15 9-10 * * 1-5", { currentDate: event.at, tz: "Europe/Rome" });
  const rule = new rrule.RRule({ freq: rrule.RRule.WEEKLY, count: 3, dtstart: new Date(event.at) });
  return {
    jsonata: await jsonata("orders[total > 5].{ 'id': id, 'big': $uppercase(customer) }").evaluate(event),
    jmespath: jmespath.search(event, "orders[?total > `5`].customer | sort(@)"),
    phones: event.phones.map((text) => parsePhone(text, "DE")?.formatInternational() ?? null),
    zones: [
      moment.tz(event.at, "America/New_York").format(),
      moment.tz(event.at, "Asia/Tokyo").fromNow.length,
    ],
    cron: [cron.next().toISOString(), cron.next().toISOString()],
    rule: [rule.all(), rule.toText()],
    cases: [
      changeCase.camelCase("order total"),
      changeCase.snakeCase("OrderTotal"),
      changeCase.kebabCase("orderTotal"),
    ],
    caches: [[...cache.keys()], timed.get("seen"), timed.get("none")],
    queues: [order, await limiter.schedule(async () => "ran")],
    matched: match(event.orders[0])
      .with({ total: P.number, customer: "ada" }, ({ total }) => `ada ${total}`)
      .otherwise(() => "other"),
    equal: equal(event, structuredClone(event)),
  };
};
