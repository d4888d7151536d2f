const api = require("lambda-api")({ version: "v1.0", base: "api", logger: false });

api.use((req, res, next) => {
  res.cors();
  next();
});
api.get("/hello/:name", async (req) => ({ hello: req.params.name, query: req.query, version: req.version }));
api.post("/items", (req, res) => res.status(201).cookie("seen", "1").json({ made: req.body }));
api.get("/fail", () => {
  throw new Error("teapot");
});
api.use((err, req, res, next) => {
  res.status(418).json({ error: err.message });
  next();
});

exports.handler = async (event, context) => {
  const answers = [];
  for (const request of event.requests) answers.push(await api.run(request, context));
  return answers;
};
