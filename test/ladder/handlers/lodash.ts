import _ from "lodash";
import groupBy from "lodash/groupBy.js";

export const handler = async (event: { orders: { customer: string; total: number; tags: string[] }[] }) => ({
  byCustomer: _.mapValues(groupBy(event.orders, "customer"), (orders) => _.sumBy(orders, "total")),
  tags: _(event.orders).flatMap("tags").countBy().toPairs().orderBy([1, 0], ["desc", "asc"]).value(),
  top: _.maxBy(event.orders, "total"),
  merged: _.merge({ a: { b: 1 } }, { a: { c: [2] } }),
  camel: _.camelCase("Foo bar--baz"),
  template: _.template("hello <%= name %>!")({ name: "Ada" }),
  cloned: _.isEqual(_.cloneDeep(event), event),
});
