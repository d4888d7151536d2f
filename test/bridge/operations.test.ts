import { describe, expect, it } from "vitest";
import type { ReplyKind } from "../../src/bridge/calls.ts";
import { CallFailure, serveOperations } from "../../src/bridge/operations.ts";
import type { Answer, Operation } from "../../src/bridge/operations.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server whose one operation, `test.op`, is steered by hand. */
function setUp(operation?: Operation) {
  const replies: [number, ReplyKind, string][] = [];
  const heard: string[] = [];
  const answers: Answer[] = [];
  const byHand: Operation = (argument, answer) => {
    heard.push(`open ${argument}`);
    answers.push(answer);
    return { more: (text) => heard.push(`more ${text}`), end: () => heard.push("end") };
  };
  let made = 0;
  const serve = serveOperations(() => {
    made++;
    return { byName: new Map([["test.op", operation ?? byHand]]), close: () => heard.push("close") };
  }, 3);
  const server = serve((...reply) => replies.push(reply), { running: () => [] });
  return { server, replies, heard, answers, made: () => made };
}

describe("a server of calls", () => {
  it("makes its operations with the first call", () => {
    const { server, made } = setUp();
    expect(made()).toBe(0);
    server.open(1, "test.op\n");
    server.open(2, "test.op\n");
    expect(made()).toBe(1);
  });

  it("passes argument, more and end on, and replies up to the last word", () => {
    const { server, replies, heard, answers } = setUp();
    server.open(7, "test.op\na\nb");
    server.more(7, "c");
    answers[0]?.(0, "part");
    answers[0]?.(1, "done");
    answers[0]?.(1, "again");
    server.more(7, "late");
    server.end(7);
    expect(heard).toEqual(["open a\nb", "more c"]);
    expect(replies).toEqual([
      [7, 0, "part"],
      [7, 1, "done"],
    ]);
  });

  it("says nothing of a call that the guest has ended", () => {
    const { server, replies, heard, answers } = setUp();
    server.open(1, "test.op\n");
    server.end(1);
    answers[0]?.(1, "late");
    expect(heard).toEqual(["open ", "end"]);
    expect(replies).toEqual([]);
  });

  it("refuses an operation that it doesn't have, and a text without one, in a reply", async () => {
    const { server, replies } = setUp();
    server.open(1, "test.none\n");
    server.open(2, "rubbish");
    expect(replies).toEqual([]);
    await turn();
    expect(replies.map(([call, kind]) => [call, kind])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(replies[0]?.[2]).toContain("test.none");
  });

  it("tells the guest what it is refused, and hides every other error", async () => {
    const refusal = new CallFailure("NotAllowedError", "Add net.", "ERR_ACCESS_DENIED");
    const thrown: Error[] = [refusal, new Error("/a/path of the host's")];
    const { server, replies } = setUp(() => {
      throw thrown.shift() as Error;
    });
    server.open(1, "test.op\n");
    server.open(2, "test.op\n");
    await turn();
    expect(replies.map(([, , text]) => JSON.parse(text) as unknown)).toEqual([
      { name: "NotAllowedError", message: "Add net.", code: "ERR_ACCESS_DENIED" },
      { name: "Error", message: "The host's service failed.", code: "ERR_INTERNAL" },
    ]);
  });

  it("ends all that is under way with its environment, and serves nothing from then on", () => {
    const { server, replies, heard, answers } = setUp();
    server.open(1, "test.op\n");
    server.open(2, "test.op\n");
    server.close();
    server.open(3, "test.op\n");
    answers[0]?.(1, "late");
    expect(heard).toEqual(["open ", "open ", "end", "end", "close"]);
    expect(replies).toEqual([]);
  });

  it("opens no more than it may have open, whatever its cell says", () => {
    const { server, heard } = setUp();
    for (const call of [1, 2, 3, 4]) server.open(call, `test.op\n${call}`);
    server.end(2);
    server.open(5, "test.op\n5");
    expect(heard).toEqual(["open 1", "open 2", "open 3", "end", "open 5"]);
  });

  it("takes a number that is open for no second call", () => {
    const { server, heard } = setUp();
    server.open(1, "test.op\nfirst");
    server.open(1, "test.op\nsecond");
    expect(heard).toEqual(["open first"]);
  });
});
