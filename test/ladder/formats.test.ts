import { climb } from "./ladder.ts";

const ORDERS = [
  { id: "a", total: 3.5, tags: ["new", "ü"] },
  { id: "b", total: null, tags: [] },
];

climb("formats", [
  {
    name: "protobufjs",
    packages: ["protobufjs"],
    permissions: { eval: true },
    event: {
      id: "o1",
      lines: [{ sku: "AB", count: 3, size: "LARGE" }],
      placed: "1700000000000",
      prices: { AB: 1.25 },
      card: "4111",
    },
  },
  {
    name: "binary-formats",
    packages: ["avsc", "snappyjs"],
    event: { Records: [], orders: ORDERS },
  },
  {
    name: "text-formats",
    packages: ["papaparse", "yaml", "@xmldom/xmldom", "flatted", "lz-string", "iconv-lite", "superjson"],
    event: {
      csv: 'id,name,total\n1,"Tea, green",3.5\n2,Milk,\n3',
      yaml: "a: &x [1, two]\nb: *x\nc: |\n  lines\n  here\n",
      xml: '<list><item n="1">a &amp; b</item><item n="2"/></list>',
    },
  },
  {
    name: "fast-json-stringify",
    packages: ["fast-json-stringify"],
    event: { id: 7, name: 'A "q"', tags: ["x", "y"] },
  },
  {
    name: "zips",
    packages: ["archiver", "adm-zip", "tar"],
    event: { files: { "a.txt": "hello ".repeat(100), "b.txt": "ünïcode" } },
  },
  {
    name: "images",
    packages: ["qrcode", "pngjs", "image-size", "file-type", "mime"],
    event: { url: "https://example.com/orders/7?x=ü" },
  },
  {
    name: "templates",
    packages: ["markdown-it", "node-html-parser", "liquidjs", "he"],
    event: {
      items: [
        { title: "Tea <green>", price: 1.5 },
        { title: "Milk", price: 1 },
      ],
      markdown:
        "# Hi -- *there*\n\nSee https://example.com and [this](/x).\n\n1. one\n2. `two`\n\n> quoted\n\n<b>raw</b>",
    },
  },
  {
    name: "compiled-templates",
    packages: ["pug", "nunjucks"],
    permissions: { eval: true },
    event: {
      name: "Ada",
      items: [
        { title: "<Tea>", price: 1.5 },
        { title: "Milk", price: 1 },
      ],
    },
  },
]);
