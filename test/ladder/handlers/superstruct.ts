import {
  array,
  assert,
  coerce,
  create,
  number,
  object,
  size,
  string,
  StructError,
  validate,
} from "superstruct";

const Article = object({
  id: coerce(number(), string(), (value) => Number.parseInt(value, 10)),
  title: size(string(), 1, 40),
  tags: array(string()),
});

export const handler = async (event: { article: unknown }) => {
  const article = create(event.article, Article);
  const [error] = validate({ ...article, title: "" }, Article);
  let thrown = "";
  try {
    assert({ id: "x" }, Article);
  } catch (failure) {
    if (failure instanceof StructError) thrown = failure.message;
  }
  return { article, error: error?.message, path: error?.path, thrown };
};
