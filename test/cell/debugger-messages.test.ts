import { describe, expect, it } from "vitest";
import { blackboxOwn, forDebugger, forGuest } from "../../src/cell/debugger-messages.ts";

describe("forGuest", () => {
  it("adds the engine's own scripts to what a debugger steps over", () => {
    const text = JSON.stringify({
      id: 3,
      method: "Debugger.setBlackboxPatterns",
      params: { patterns: ["/x/"] },
    });
    expect(JSON.parse(forGuest(text))).toEqual({
      id: 3,
      method: "Debugger.setBlackboxPatterns",
      params: { patterns: ["/x/", "^isolet:"] },
    });
    expect(JSON.parse(blackboxOwn(9))).toMatchObject({ id: 9, params: { patterns: ["^isolet:"] } });
  });

  it("finds a file by its address or its path, whatever is in its name", () => {
    const params = { url: "file:///var/task/a+(b).js", lineNumber: 4 };
    const text = JSON.stringify({ id: 1, method: "Debugger.setBreakpointByUrl", params });
    const { params: made } = JSON.parse(forGuest(text)) as {
      params: { url?: string; urlRegex: string; lineNumber: number };
    };
    expect(made).toEqual({ urlRegex: made.urlRegex, lineNumber: 4 });
    const regex = new RegExp(made.urlRegex);
    for (const url of ["/var/task/a+(b).js", "file:///var/task/a+(b).js"]) expect(regex.test(url)).toBe(true);
    for (const url of ["/var/task/aab.js", "/var/task/a+(b)xjs", "/x/var/task/a+(b).js"])
      expect(regex.test(url)).toBe(false);
  });

  it.each([
    `{"id":1,"method":"Debugger.setBreakpointByUrl","params":{"urlRegex":"x","lineNumber":1}}`,
    `{"id":1,"method":"Runtime.evaluate","params":{"expression":"\\"Debugger.setBlackboxPatterns\\""}}`,
    `not JSON, but with "Debugger.setBlackboxPatterns"`,
    `{"method":"Debugger.setBlackboxPatterns"}`,
    `{"id":1,"method":"Debugger.enable"}`,
  ])("leaves all else as it is: %s", (text) => {
    expect(forGuest(text)).toBe(text);
  });
});

describe("forDebugger", () => {
  const frame = (url: string): object => ({ functionName: "f", url, lineNumber: 1, columnNumber: 2 });

  it("gives plain paths and the engine's own scripts the addresses they would have in Node", () => {
    const say = (url: string): string =>
      `{"method":"Debugger.scriptParsed","params":{"url":"${url}","scriptId":"4"}}`;
    expect(forDebugger(say("isolet:runtime"))).toBe(say("node:internal/isolet/runtime"));
    expect(forDebugger(say("/var/task/index.js"))).toBe(say("file:///var/task/index.js"));
    expect(forDebugger(say("file:///var/task/index.mjs"))).toBe(say("file:///var/task/index.mjs"));
  });

  it("leaves texts of the user's alone", () => {
    const text = JSON.stringify({
      id: 1,
      result: { result: { type: "string", value: `{"url":"isolet:x"}` } },
    });
    expect(forDebugger(text)).toBe(text);
  });

  it("tells of a logged line without the engine's frames", () => {
    const params = {
      type: "log",
      stackTrace: { callFrames: [frame("isolet:runtime"), frame("/a.js")], parent: {} },
    };
    const told = JSON.parse(
      forDebugger(JSON.stringify({ method: "Runtime.consoleAPICalled", params })),
    ) as unknown;
    expect(told).toMatchObject({
      params: { type: "log", stackTrace: { callFrames: [frame("file:///a.js")], parent: {} } },
    });
    const bare = JSON.stringify({ method: "Runtime.consoleAPICalled", params: { type: "log" } });
    expect(forDebugger(bare)).toBe(bare);
  });
});
