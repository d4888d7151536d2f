import * as yup from "yup";

const user = yup.object({
  name: yup.string().required(),
  age: yup.number().required().positive().integer(),
  email: yup.string().email(),
  website: yup.string().url().nullable(),
  createdOn: yup.date().default(() => new Date(0)),
});

export const handler = async (event: { good: unknown; bad: unknown }) => {
  const good = await user.validate(event.good);
  const bad = await user
    .validate(event.bad, { abortEarly: false })
    .catch((error: yup.ValidationError) => error.errors);
  return { good, bad };
};
