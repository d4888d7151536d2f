import { climb } from "./ladder.ts";

/** What compiles templates, schemas or wrappers makes functions of texts. */
const EVAL = { eval: true };

const XML = `<?xml version="1.0"?><feed kind="news"><entry id="1"><title>One &amp; two</title></entry><entry id="2"><title>Three</title></entry></feed>`;

climb("text", [
  {
    name: "handlebars",
    permissions: EVAL,
    packages: ["handlebars"],
    event: {
      customer: { name: "Ada <3" },
      lines: [
        { name: "Tea", cents: 350 },
        { name: "Milk", cents: 99 },
      ],
    },
  },
  {
    name: "mustache",
    packages: ["mustache"],
    event: { name: "Ada", items: [{ title: "a" }, { title: "<b>" }] },
  },
  {
    name: "ejs",
    packages: ["ejs"],
    event: { users: [{ name: "Ada & Co", admin: true }, { name: "Bob" }] },
  },
  {
    name: "marked",
    packages: ["marked"],
    event: {
      markdown:
        "# Hi *there*\n\n- [x] done\n- [ ] [link](https://example.com)\n\n| a | b |\n|--|--|\n| 1 | `2` |",
    },
  },
  {
    name: "slugify",
    packages: ["slugify"],
    event: { titles: ["Über Größe!", "Crème brûlée ☕ time", "a__b--c"] },
  },
  {
    name: "cheerio",
    packages: ["cheerio"],
    event: {
      html: `<h1>News</h1><script>x()</script><a href="https://example.com">out</a><a href="/in">in</a><table><tr><td> 1</td><td>2 </td></tr></table>`,
    },
  },
  {
    name: "sanitize-html",
    packages: ["sanitize-html"],
    event: {
      comment: `<h1 onclick="x()">Hi</h1><script>bad()</script><p style="color: #f00; position: fixed">t</p><a href="javascript:x">l</a><img src="a.png" onerror="y">`,
    },
  },
  { name: "i18next", packages: ["i18next"], event: { name: "Ada", language: "pl" } },
  { name: "qs", packages: ["qs"], event: { rawQueryString: "a[b][c]=1&list[]=x&list[]=y&q=%20z&ids=1,2,3" } },
  {
    name: "cookie",
    packages: ["cookie", "mime-types"],
    event: { cookies: ["a=1", "b=two%20words"], rawPath: "/files/report.html" },
  },
  {
    name: "csv",
    packages: ["csv-parse", "csv-stringify"],
    event: { csv: `name,count,note\nTea, 3 ,"a ""b"""\n\nMilk,4,"c\nd"\n` },
  },
  { name: "fast-xml-parser", packages: ["fast-xml-parser"], event: { xml: XML } },
  { name: "xml2js", packages: ["xml2js"], event: { xml: XML } },
  {
    name: "js-yaml",
    packages: ["js-yaml"],
    event: {
      text: "defaults: &d\n  a: 1\nservice:\n  <<: *d\n  list: [x, 'y']\n  text: |\n    two\n    lines\n",
    },
  },
  {
    name: "dotenv",
    packages: ["dotenv"],
    event: { file: `# comment\nCOLOUR="dark blue"\nexport SIZE=3\nMULTI='a\nb'` },
  },
]);
