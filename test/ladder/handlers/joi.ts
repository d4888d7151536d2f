import Joi from "joi";

const schema = Joi.object({
  username: Joi.string().alphanum().min(3).max(30).required(),
  birthYear: Joi.number().integer().min(1900).max(2013),
  email: Joi.string().email({ tlds: { allow: ["com", "net"] } }),
  website: Joi.string().uri(),
}).with("username", "birthYear");

export const handler = async (event: { bodies: unknown[] }) =>
  event.bodies.map((body) => {
    const { value, error } = schema.validate(body, { abortEarly: false });
    return { value, details: error?.details.map(({ message, path, type }) => ({ message, path, type })) };
  });
