import Handlebars from "handlebars";

Handlebars.registerHelper("money", (cents: number) => `€ ${(cents / 100).toFixed(2)}`);
Handlebars.registerPartial("line", "<li>{{name}}: {{money cents}}</li>");
const template = Handlebars.compile(`<h1>Hello {{customer.name}}</h1>
{{#if lines}}<ul>{{#each lines}}{{> line}}{{/each}}</ul>{{else}}<p>Nothing</p>{{/if}}`);

export const handler = async (event: object) => ({
  statusCode: 200,
  headers: { "content-type": "text/html" },
  body: template(event),
});
