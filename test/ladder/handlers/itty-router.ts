import { AutoRouter, cors, error, json, withContent } from "itty-router";

const { preflight, corsify } = cors({ origin: "https://shop.example.com" });
const router = AutoRouter({ before: [preflight], finally: [corsify] });
router
  .get("/items/:id", ({ params }) => ({ id: params.id }))
  .post("/items", withContent, ({ content }: { content: { name?: string } }) =>
    content.name ? json({ added: content.name }, { status: 201 }) : error(422, "no name"),
  );

export const handler = async (event: { requests: [method: string, path: string, body?: object][] }) => {
  const answers: unknown[] = [];
  for (const [method, path, body] of event.requests) {
    const headers = { origin: "https://shop.example.com", "content-type": "application/json" };
    const request = new Request(`https://api.example.com${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const response = (await router.fetch(request)) as Response;
    answers.push([response.status, [...response.headers], await response.text()]);
  }
  return answers;
};
