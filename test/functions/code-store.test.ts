import { fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidOptionError } from "../../src/base/errors.ts";
import { CodeStore } from "../../src/functions/code-store.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "isolet-store-"));
});

afterEach(() => rm(folder, { recursive: true }));

const KEY = CodeStore.keyOf("a", "b");

async function entries(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("an entry", () => {
  it("is there for another store on the folder", async () => {
    await new CodeStore(folder, 1).put(KEY, Buffer.from("content"));
    expect((await new CodeStore(folder, 1).get(KEY))?.toString()).toBe("content");
    expect(await new CodeStore(folder, 1).get(CodeStore.keyOf("ab"))).toBeUndefined();
  });

  it("has a key that tells how its parts are divided", () => {
    expect(CodeStore.keyOf("ab", "c")).not.toBe(CodeStore.keyOf("a", "bc"));
  });

  const damages: readonly (readonly [string, (whole: Buffer) => Buffer])[] = [
    ["cut off", (whole) => whole.subarray(0, -1)],
    ["empty", () => Buffer.alloc(0)],
    [
      "changed in one bit",
      (whole) => Buffer.from(whole.map((byte, at) => (at === whole.length - 1 ? byte ^ 1 : byte))),
    ],
    [
      "of another form",
      () => Buffer.from("something else that is long enough to have a hash in it, or so it seems"),
    ],
  ];
  it.each(damages)("that is %s is none, and is written anew", async (_what, damage) => {
    const store = new CodeStore(folder, 1);
    await store.put(KEY, Buffer.from("content"));
    const [path = ""] = await entries();
    await writeFile(path, damage(await readFile(path)));
    expect(await store.get(KEY)).toBeUndefined();
    await store.put(KEY, Buffer.from("content"));
    expect((await store.get(KEY))?.toString()).toBe("content");
  });

  it("in the place of another is none", async () => {
    const store = new CodeStore(folder, 1);
    const other = CodeStore.keyOf("other");
    await store.put(KEY, Buffer.from("content"));
    const [path = ""] = await entries();
    await mkdir(join(folder, other.slice(0, 2)), { recursive: true });
    await writeFile(join(folder, other.slice(0, 2), other), await readFile(path));
    expect(await store.get(other)).toBeUndefined();
  });
});

describe("the folder", () => {
  it("keeps to its size, without what was used longest ago", async () => {
    const store = new CodeStore(folder, 1);
    const keys = Array.from({ length: 5 }, (_, index) => CodeStore.keyOf(String(index)));
    for (const [index, key] of keys.entries()) {
      await store.put(key, Buffer.alloc(250_000));
      const [path = ""] = (await entries()).filter((entry) => entry.endsWith(key));
      if (path !== "") await utimes(path, index + 1, index + 1);
      // Its use counts, and not when it was written.
      if (index === 2) await store.get(keys[0] ?? "");
    }
    const kept = await Promise.all(keys.map(async (key) => (await store.get(key)) !== undefined));
    expect(kept).toEqual([true, false, false, true, true]);
  });

  it.runIf(process.platform !== "win32")(
    "is refused when others can write there, or it is a link",
    async () => {
      const open = join(folder, "open");
      await mkdir(open);
      await chmod(open, 0o770);
      expect(() => new CodeStore(open, 1)).toThrow(InvalidOptionError);
      expect(() => new CodeStore(open, 1)).toThrow(
        /cacheDirectory is .*nobody else can write to \(chmod go-w/,
      );
      await symlink(open, join(folder, "link"));
      expect(() => new CodeStore(join(folder, "link"), 1)).toThrow(/not of a link or a file/);
      await writeFile(join(folder, "file"), "");
      expect(() => new CodeStore(join(folder, "file"), 1)).toThrow(/can be made and read/);
    },
  );

  it("is shared by processes that write and remove at the same time", async () => {
    const program = new URL("./fixtures/store-user.ts", import.meta.url);
    const users = Array.from({ length: 4 }, (_, index) => fork(program, [folder, String(index)]));
    const exits = await Promise.all(users.map((user) => once(user, "exit")));
    expect(exits.map(([code]) => code as number)).toEqual([0, 0, 0, 0]);
    expect((await entries()).filter((path) => path.endsWith(".tmp"))).toEqual([]);
  });
});
