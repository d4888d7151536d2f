import argon2 from "argon2";

export const handler = async (event: { password: string }) => argon2.hash(event.password);
