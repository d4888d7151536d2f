import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true });
marked.use({ renderer: { link: ({ href, text }) => `<a rel="nofollow" href="${href}">${text}</a>` } });

export const handler = async (event: { markdown: string }) => marked.parse(event.markdown);
