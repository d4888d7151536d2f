import got, { HTTPError, TimeoutError } from "got";

const api = got.extend({
  prefixUrl: process.env.API_URL,
  headers: { "x-client": "ladder", "user-agent": undefined },
  retry: { limit: 2, backoffLimit: 10 },
} as never);

export const handler = async (event: { name: string }) => {
  const echoed = await api.get("echo", { searchParams: { name: event.name } }).json();
  const posted = await api.post("echo", { json: { name: event.name } }).json();
  const zipped = await api("gzip").json();
  const redirected = await api("redirect").json();
  const flaky = await api("flaky/got").text();
  const failed = await api("status/404").catch((error: HTTPError) => [
    error.name,
    error.response.statusCode,
    error.response.body,
  ]);
  const late = await api("slow", { timeout: { request: 20 }, retry: { limit: 0 } }).catch(
    (error: TimeoutError) => error.name,
  );
  let streamed = 0;
  for await (const chunk of api.stream("bytes")) streamed += (chunk as Buffer).length;
  return { echoed, posted, zipped, redirected, flaky, failed, late, streamed };
};
