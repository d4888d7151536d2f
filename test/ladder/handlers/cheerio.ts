import * as cheerio from "cheerio";

export const handler = async (event: { html: string }) => {
  const $ = cheerio.load(event.html);
  $("script").remove();
  $("h1").addClass("title").append(" &amp; more");
  return {
    title: $("h1").text(),
    links: $("a[href^=http]")
      .map((_, a) => ({ text: $(a).text(), href: $(a).attr("href") }))
      .get(),
    rows: $("tr")
      .toArray()
      .map((row) =>
        $(row)
          .find("td")
          .toArray()
          .map((cell) => $(cell).text().trim()),
      ),
    html: $.html(),
  };
};
