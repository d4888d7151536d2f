import { randomUUID } from "node:crypto";
import { connect, JSONCodec, RetentionPolicy, StorageType } from "nats";

const json = JSONCodec<{ readonly n: number }>();

export const handler = async (event: { count: number }) => {
  const client = await connect({ servers: "127.0.0.1:4222", maxReconnectAttempts: 0 });
  const subject = `isolet.${randomUUID()}`;
  client.subscribe(`${subject}.double`, {
    callback: (_error, message) => message.respond(json.encode({ n: json.decode(message.data).n * 2 })),
  });
  const answers = [];
  for (let n = 0; n < event.count; n++) {
    answers.push(json.decode((await client.request(`${subject}.double`, json.encode({ n }))).data).n);
  }
  const manager = await client.jetstreamManager();
  const name = subject.replaceAll(".", "_");
  await manager.streams.add({
    name,
    subjects: [`${subject}.log`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.Memory,
  });
  const stream = client.jetstream();
  const acks = [];
  for (let n = 0; n < 3; n++) acks.push((await stream.publish(`${subject}.log`, json.encode({ n }))).seq);
  const consumer = await stream.consumers.get(name);
  const read = [];
  for await (const message of await consumer.fetch({ max_messages: 3, expires: 5_000 }))
    read.push(json.decode(message.data).n);
  await manager.streams.delete(name);
  await client.drain();
  return { answers, acks, read };
};
