import bcrypt from "bcrypt";

export const handler = async (event: { password: string }) =>
  bcrypt.compare(event.password, await bcrypt.hash("x", 4));
