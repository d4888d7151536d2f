import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidNameError } from "../../src/base/errors.ts";
import {
  checkAliasName,
  checkFunctionName,
  functionArn,
  parseFunctionReference,
} from "../../src/functions/qualifier.ts";

const name = fc.stringMatching(/^[a-zA-Z0-9-_]{1,64}$/);
const version = fc.integer({ min: 1, max: 1e9 }).map(String);
const alias = fc.stringMatching(/^[a-zA-Z0-9-_]{0,63}[a-zA-Z_-]$/);
const qualifier = fc.option(fc.oneof(version, alias, fc.constant("$LATEST")), { nil: undefined });
const account = fc.stringMatching(/^[0-9]{12}$/);
const region = fc.constantFrom("us-east-1", "eu-central-2", "us-gov-west-1", "ap-southeast-4");

const suffix = (value: string | undefined): string => (value === undefined ? "" : `:${value}`);

describe("parseFunctionReference", () => {
  it("reads back every short name", () => {
    fc.assert(
      fc.property(name, qualifier, (functionName, q) => {
        expect(parseFunctionReference(functionName + suffix(q))).toEqual({
          functionName,
          qualifier: q,
          accountId: undefined,
          region: undefined,
        });
      }),
    );
  });

  it("reads back every ARN it builds, full and partial", () => {
    fc.assert(
      fc.property(region, account, name, qualifier, (place, accountId, functionName, q) => {
        const full = functionArn(place, accountId, functionName) + suffix(q);
        const expected = { functionName, qualifier: q, accountId };
        expect(parseFunctionReference(full)).toEqual({ ...expected, region: place });
        const partial = `${accountId}:function:${functionName}${suffix(q)}`;
        expect(parseFunctionReference(partial)).toEqual({ ...expected, region: undefined });
      }),
    );
  });

  it("takes nothing but what it can write back", () => {
    const piece = fc.constantFrom(
      "arn",
      "aws",
      "lambda",
      "function",
      "fn",
      "1",
      "$LATEST",
      "",
      "us-east-1",
      "012345678901",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 9 }).map((parts) => parts.join(":")),
        ),
        (text) => {
          let parsed;
          try {
            parsed = parseFunctionReference(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidNameError);
            return;
          }
          const { functionName, qualifier: q, accountId, region: place } = parsed;
          const head = place
            ? `arn:aws:lambda:${place}:${accountId}:function:`
            : accountId
              ? `${accountId}:function:`
              : "";
          expect(head + functionName + suffix(q)).toBe(text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    "",
    ":",
    "fn:",
    ":live",
    "a b",
    "fn:0",
    "fn:01",
    "fn:$latest",
    "fn:live:extra",
    "fn\n",
    "é",
    "x".repeat(65),
    `fn:${"x".repeat(129)}`,
    "12345678901:function:fn",
    "arn:aws:lambda:us-east-1:123456789012:function:fn:1:2",
    "arn:aws:lambda:us-east-1:123456789012:layer:fn",
    "arn:aws:s3:us-east-1:123456789012:function:fn",
    "arn:aws:lambda::123456789012:function:fn",
    "arn:aws:lambda:us-east-1:123456789012:function:",
  ])("refuses %j", (text) => {
    expect(() => parseFunctionReference(text)).toThrow(InvalidNameError);
  });

  it("refuses what isn't text, and shows little of what is long", () => {
    expect(() => parseFunctionReference(undefined as never)).toThrow(/undefined doesn't name a function/);
    expect(() => parseFunctionReference("x".repeat(100_000))).toThrow(/^.{0,500}$/);
  });

  it("reads the other partitions", () => {
    const arn = "arn:aws-cn:lambda:cn-north-1:123456789012:function:fn:live";
    expect(parseFunctionReference(arn)).toMatchObject({
      functionName: "fn",
      qualifier: "live",
      region: "cn-north-1",
    });
  });
});

describe("names", () => {
  it("takes Lambda's function names and no others", () => {
    for (const good of ["a", "A-b_9", "x".repeat(64)]) expect(() => checkFunctionName(good)).not.toThrow();
    for (const bad of ["", "x".repeat(65), "a.b", "a:b", "a/b", "a\n", 5]) {
      expect(() => checkFunctionName(bad as string)).toThrow(InvalidNameError);
    }
  });

  it("refuses aliases that would look like versions", () => {
    for (const good of ["live", "v1", "1a", "x".repeat(128)])
      expect(() => checkAliasName(good)).not.toThrow();
    for (const bad of ["1", "0", "", "$LATEST", "x".repeat(129), "a.b", null]) {
      expect(() => checkAliasName(bad as string)).toThrow(InvalidNameError);
    }
  });
});
