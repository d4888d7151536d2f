import { MongoClient } from "mongodb";

const client = new MongoClient("mongodb://127.0.0.1:27017", {
  serverSelectionTimeoutMS: 1_000,
  connectTimeoutMS: 1_000,
});

export const handler = async (event: { name: string }) => {
  await client.connect();
  return client.db("app").collection("users").findOne({ name: event.name });
};
