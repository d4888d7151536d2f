export const handler = async (event: { name: string }) => {
  const url = (path: string) => new URL(path, process.env.API_URL);
  const echoed = await (
    await fetch(url(`/echo?name=${event.name}`), { headers: { "x-client": "ladder" } })
  ).json();
  const posted = await fetch(
    new Request(url("/echo"), {
      method: "POST",
      body: JSON.stringify(event),
      headers: { "content-type": "application/json" },
    }),
  );
  const form = new FormData();
  form.set("name", event.name);
  form.set("file", new File(["content"], "a.txt", { type: "text/plain" }));
  const uploaded = await (await fetch(url("/form"), { method: "POST", body: form })).json();
  const redirected = await fetch(url("/redirect"));
  const zipped = await (await fetch(url("/gzip"))).json();
  let streamed = 0;
  for await (const chunk of (await fetch(url("/bytes"))).body!) streamed += chunk.length;
  const late = await fetch(url("/slow"), { signal: AbortSignal.timeout(20) }).catch(
    (error: Error) => error.name,
  );
  const manual = await fetch(url("/redirect"), { redirect: "manual" });
  return {
    echoed,
    posted: await posted.json(),
    uploaded,
    redirected: [redirected.redirected, new URL(redirected.url).pathname],
    zipped,
    streamed,
    late,
    manual: [manual.status, manual.type],
  };
};
