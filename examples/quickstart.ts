/** The README's ten lines. */
import { Engine } from "isolet";

await using engine = new Engine();
engine.on("meter", ({ functionName, billedDurationMs }) =>
  console.log(`${functionName} is billed ${billedDurationMs} ms`),
);
await engine.deploy("greet", {
  code: { source: `export const handler = async (event) => ({ hello: event.name });` },
});
const result = await engine.invoke("greet", { name: "Ada" });
if (result.status === "succeeded") console.log(result.payload); // { hello: 'Ada' }
