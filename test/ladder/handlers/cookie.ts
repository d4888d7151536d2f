import * as cookie from "cookie";
import mime from "mime-types";

export const handler = async (event: { cookies: string[]; rawPath: string }) => {
  const jar = cookie.parseCookie(event.cookies.join("; "));
  return {
    jar,
    statusCode: 200,
    headers: {
      "content-type": mime.contentType(event.rawPath.split("/").at(-1) ?? "") || "application/octet-stream",
    },
    cookies: [
      cookie.stringifySetCookie({
        name: "seen",
        value: "yes & no",
        httpOnly: true,
        maxAge: 60,
        sameSite: "lax",
      }),
    ],
  };
};
