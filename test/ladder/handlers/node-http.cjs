const http = require("http");

const call = (path, options = {}, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(new URL(path, process.env.API_URL), options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          type: response.headers["content-type"],
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.setTimeout(5_000, () => request.destroy(new Error("late")));
    if (body) request.write(body);
    request.end();
  });

exports.handler = async ({ name }) => {
  const got = await call(`/echo?name=${name}`, { headers: { "x-client": "ladder" } });
  const posted = await call(
    "/echo",
    { method: "POST", headers: { "content-type": "application/json" } },
    JSON.stringify({ name }),
  );
  const missing = await call("/status/404", { agent: new http.Agent({ keepAlive: true }) });
  const cut = await call("/cut").catch((error) => error.code);
  return { got: JSON.parse(got.body), posted: JSON.parse(posted.body), missing, cut };
};
