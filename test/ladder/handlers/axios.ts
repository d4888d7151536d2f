import axios, { AxiosError } from "axios";
import FormData from "form-data";

const api = axios.create({ baseURL: process.env.API_URL, timeout: 5_000, headers: { "x-client": "ladder" } });
api.interceptors.request.use((config) => {
  config.headers.set("authorization", "Bearer token");
  return config;
});

export const handler = async (event: { name: string }) => {
  const got = await api.get("/echo", { params: { name: event.name, list: [1, 2] } });
  const posted = await api.post("/echo", { name: event.name });
  const form = new FormData();
  form.append("name", event.name);
  form.append("file", Buffer.from("content"), { filename: "a.txt", contentType: "text/plain" });
  const uploaded = await api.post("/form", form);
  const failed = await api
    .get("/status/404")
    .catch((error: AxiosError) => [
      error.name,
      error.code,
      error.response?.status,
      error.response?.data,
      error.message,
    ]);
  const redirected = await api.get("/redirect");
  const zipped = await api.get("/gzip");
  const bytes = await api.get<ArrayBuffer>("/bytes", { responseType: "arraybuffer" });
  const late = await api.get("/slow", { timeout: 20 }).catch((error: AxiosError) => error.code);
  const aborted = await api
    .get("/slow", { signal: AbortSignal.abort() })
    .catch((error: AxiosError) => [error.code, axios.isCancel(error)]);
  return {
    got: got.data,
    type: got.headers["content-type"],
    posted: posted.data,
    uploaded: uploaded.data,
    failed,
    redirected: redirected.data,
    zipped: zipped.data,
    bytes: Buffer.from(bytes.data).length,
    late,
    aborted,
  };
};
