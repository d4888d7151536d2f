import sanitizeHtml from "sanitize-html";

export const handler = async (event: { comment: string }) =>
  sanitizeHtml(event.comment, {
    allowedTags: sanitizeHtml.defaults.allowedTags.concat(["img"]),
    allowedAttributes: { a: ["href"], img: ["src", "alt"], p: ["style"] },
    allowedStyles: { p: { color: [/^#(0x)?[0-9a-f]+$/i] } },
    transformTags: { h1: "h2" },
  });
