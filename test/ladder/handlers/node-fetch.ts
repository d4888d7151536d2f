import fetch, { FetchError, FormData, Headers, Blob } from "node-fetch";

export const handler = async (event: { name: string }) => {
  const url = (path: string) => new URL(path, process.env.API_URL).href;
  const echoed = await (
    await fetch(url(`/echo?name=${event.name}`), { headers: new Headers({ "x-client": "ladder" }) })
  ).json();
  const posted = await (
    await fetch(url("/echo"), {
      method: "POST",
      body: JSON.stringify({ name: event.name }),
      headers: { "content-type": "application/json" },
    })
  ).json();
  const form = new FormData();
  form.set("name", event.name);
  form.set("file", new Blob(["content"]), "a.txt");
  const uploaded = await (await fetch(url("/form"), { method: "POST", body: form })).json();
  const missing = await fetch(url("/status/404"));
  const redirected = await fetch(url("/redirect"));
  const zipped = await (await fetch(url("/gzip"))).json();
  const response = await fetch(url("/bytes"));
  let streamed = 0;
  for await (const chunk of response.body!) streamed += (chunk as Buffer).length;
  const refused = await fetch(url("/cut"))
    .then((r) => r.text())
    .catch((error: FetchError) => error.name);
  return {
    echoed,
    posted,
    uploaded,
    missing: [missing.status, missing.statusText, missing.ok],
    redirected: [redirected.redirected, new URL(redirected.url).pathname],
    zipped,
    streamed,
    refused,
  };
};
