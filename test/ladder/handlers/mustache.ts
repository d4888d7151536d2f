import Mustache from "mustache";

export const handler = async (event: { name: string; items: { title: string }[] }) =>
  Mustache.render(
    "{{name}} has {{#items}}[{{title}}] {{/items}}{{^items}}nothing{{/items}}{{& raw}}{{raw}}",
    {
      ...event,
      raw: "<&>",
    },
  );
