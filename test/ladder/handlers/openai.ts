import OpenAI from "openai";

const client = new OpenAI({ apiKey: "sk-ladder", baseURL: `${process.env.API_URL}/v1`, maxRetries: 1 });

export const handler = async (event: { question: string }) => {
  const completion = await client.chat.completions.create({
    model: "gpt-test",
    messages: [{ role: "user", content: event.question }],
  });
  const stream = await client.chat.completions.create({
    model: "gpt-test",
    stream: true,
    messages: [{ role: "user", content: event.question }],
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  const refused = await client.models
    .retrieve("none")
    .catch((error: InstanceType<typeof OpenAI.APIError>) => [
      error.constructor.name,
      error.status,
      error.message,
    ]);
  return { answer: completion.choices[0]?.message.content, text, refused };
};
