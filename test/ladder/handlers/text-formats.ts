import { DOMParser, XMLSerializer } from "@xmldom/xmldom";
import * as flatted from "flatted";
import iconv from "iconv-lite";
import lzString from "lz-string";
import Papa from "papaparse";
import superjson from "superjson";
import { parse, parseDocument, stringify } from "yaml";

export const handler = async (event: { csv: string; yaml: string; xml: string }) => {
  const { data, errors, meta } = Papa.parse<Record<string, unknown>>(event.csv, {
    header: true,
    dynamicTyping: true,
  });
  const ring: { name: string; self?: unknown } = { name: "ring" };
  ring.self = ring;
  const document = new DOMParser().parseFromString(event.xml, "text/xml");
  document.documentElement?.setAttribute("seen", "yes");
  return {
    csv: [data, errors, meta.fields, Papa.unparse(data)],
    yaml: [
      parse(event.yaml),
      stringify({ a: [1, { b: "two: x" }] }),
      parseDocument("a: [1").errors.map(({ code }) => code),
    ],
    xml: [new XMLSerializer().serializeToString(document), document.getElementsByTagName("item").length],
    rings: flatted.stringify(ring),
    squeezed: lzString.compressToEncodedURIComponent("abc".repeat(30)),
    latin: [
      iconv.encode("grüße €", "win1252").toString("hex"),
      iconv.decode(Buffer.from("82b182f1", "hex"), "shift_jis"),
    ],
    typed:
      superjson.parse(superjson.stringify({ at: new Date(0), seen: new Set([1]), big: 5n })) instanceof
      Object,
    super: superjson.serialize({ at: new Date(0), seen: new Set([1]), big: 5n }),
  };
};
