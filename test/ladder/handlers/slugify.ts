import slugify from "slugify";

slugify.extend({ "☕": "coffee" });

export const handler = async (event: { titles: string[] }) =>
  event.titles.map((title) => slugify(title, { lower: true, strict: true, locale: "de" }));
