import { MongoClient } from "mongodb";

// Nobody listens at port 1.
const client = new MongoClient("mongodb://127.0.0.1:1", {
  serverSelectionTimeoutMS: 500,
  connectTimeoutMS: 500,
});

export const handler = async (event: { name: string }) => {
  try {
    return await client.db("app").collection("users").findOne({ name: event.name });
  } catch (error) {
    if ((error as Error).message.includes("may not connect")) throw error;
    return { name: (error as Error).name, message: (error as Error).message };
  } finally {
    await client.close();
  }
};
