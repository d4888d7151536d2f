import { Writable } from "node:stream";
import { fetch, FormData, getGlobalDispatcher, Headers, interceptors, request, stream } from "undici";

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
  const sent = await request(url("/echo"), {
    method: "POST",
    query: { name: event.name, many: ["1", "2"] },
    headers: { "content-type": "text/plain", "x-client": "ladder" },
    body: (async function* () {
      yield "one ";
      yield Buffer.from("two");
    })(),
  });
  const parts: Buffer[] = [];
  await stream(url("/bytes"), { method: "GET" }, () => {
    return new Writable({ write: (part, _, done) => (parts.push(part), done()) });
  });
  const followed = await request(url("/redirect"), {
    dispatcher: getGlobalDispatcher().compose(interceptors.redirect({ maxRedirections: 2 })),
  });
  const aborted = await request(url("/slow"), { signal: AbortSignal.timeout(20) }).catch(
    (error: Error) => error.name,
  );
  const late = await fetch(url("/slow"), { signal: AbortSignal.timeout(20) }).catch(
    (error: Error) => error.name,
  );
  return {
    sent: [sent.statusCode, sent.headers["content-type"], await sent.body.json()],
    streamed: Buffer.concat(parts).length,
    followed: await followed.body.json(),
    aborted,
    late,
    posted: await posted.json(),
    uploaded,
    zipped,
    statusCode,
    text: await body.text(),
  };
};
