import "dotenv/config";
import dotenv from "dotenv";

export const handler = async (event: { file: string }) => {
  const parsed = dotenv.parse(event.file);
  dotenv.populate(process.env as Record<string, string>, { LADDER_COLOUR: parsed.COLOUR ?? "" });
  return { parsed, colour: process.env.LADDER_COLOUR };
};
