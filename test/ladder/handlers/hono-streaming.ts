import { Hono } from "hono";
import { compress } from "hono/compress";
import { stream, streamSSE, streamText } from "hono/streaming";

const app = new Hono();

app.get("/events", (c) =>
  streamSSE(c, async (events) => {
    events.onAbort(() => console.log("the client has gone"));
    for (let id = 0; id < Number(c.req.query("count")) && !events.aborted; id++) {
      await events.writeSSE({ event: "tick", id: String(id), data: JSON.stringify({ id }) });
      await events.sleep(1);
    }
  }),
);
app.get("/text", (c) =>
  streamText(c, async (text) => {
    await text.write("one ");
    await text.writeln("two");
  }),
);
app.get("/piped", (c) => stream(c, (out) => out.pipe(new Blob(["a".repeat(100_000)]).stream())));
app.get("/breaks", (c) =>
  stream(
    c,
    async (out) => {
      await out.write("part");
      throw new Error("broken");
    },
    async (error, out) => void (await out.write(` and ${error.message}`)),
  ),
);
app.use("/zipped", compress());
app.get("/zipped", (c) => c.text("z".repeat(5_000)));

export default app;
