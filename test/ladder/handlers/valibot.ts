import * as v from "valibot";

const Login = v.pipe(
  v.object({
    email: v.pipe(v.string(), v.email()),
    password: v.pipe(v.string(), v.minLength(8)),
    again: v.string(),
  }),
  v.forward(
    v.partialCheck(
      [["password"], ["again"]],
      ({ password, again }) => password === again,
      "The passwords differ.",
    ),
    ["again"],
  ),
);

export const handler = async (event: { attempts: unknown[] }) =>
  event.attempts.map((attempt) => {
    const result = v.safeParse(Login, attempt);
    return result.success ? { ok: result.output.email } : v.flatten<typeof Login>(result.issues);
  });
