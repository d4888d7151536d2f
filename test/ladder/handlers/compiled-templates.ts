import nunjucks from "nunjucks";
import pug from "pug";

const page = pug.compile(`
doctype html
html
  body
    h1.title Hello #{name}
    each item in items
      p(class=item.price > 1 ? 'dear' : 'cheap')= item.title
    else
      p nothing`);
const mail = new nunjucks.Environment(null, { autoescape: true });
mail.addFilter("money", (value: number) => `${value.toFixed(2)} €`);

export const handler = async (event: object) => ({
  page: page(event),
  empty: page({ name: "x", items: [] }),
  mail: mail.renderString(
    "{% set total = 0 %}{% for i in items %}{{ loop.index }}. {{ i.title }} {{ i.price | money }}\n{% endfor %}{% if name == 'Ada' %}Dear {{ name }}{% endif %}",
    event,
  ),
});
