import { fetch, FormData, Headers, request } from "undici";

export const handler = async (event: { name: string }) => {
  const url = (path: string) => new URL(path, process.env.API_URL).href;
  const posted = await fetch(url("/echo"), {
    method: "POST",
    body: JSON.stringify(event),
    headers: new Headers({ "content-type": "application/json" }),
  });
  const form = new FormData();
  form.set("name", event.name);
  const uploaded = await (await fetch(url("/form"), { method: "POST", body: form })).json();
  const zipped = await (await fetch(url("/gzip"))).json();
  const { statusCode, body } = await request(url("/status/404"));
  return { posted: await posted.json(), uploaded, zipped, statusCode, text: await body.text() };
};
