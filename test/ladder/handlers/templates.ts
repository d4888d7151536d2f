import { decode, encode } from "he";
import { Liquid } from "liquidjs";
import MarkdownIt from "markdown-it";
import { parse } from "node-html-parser";

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: true });
const liquid = new Liquid();

export const handler = async (event: {
  name: string;
  items: { title: string; price: number }[];
  markdown: string;
}) => {
  const html = markdown.render(event.markdown);
  const page = parse(html);
  page.querySelector("h1")?.setAttribute("id", "top");
  return {
    html: page.toString(),
    links: page.querySelectorAll("a").map((link) => link.getAttribute("href")),
    liquid: await liquid.parseAndRender(
      "{% for item in items %}{{ item.title | upcase | escape }}: {{ item.price | times: 2 }}{% unless forloop.last %}, {% endunless %}{% endfor %}",
      event,
    ),
    he: [encode("© <ü>", { useNamedReferences: true }), decode("&copy; &#x1F600; &notit;")],
  };
};
