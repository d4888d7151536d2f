import { describeValue, InvalidNameError } from "../base/errors.ts";

/** Lambda's pseudo-version: the newest one. */
export const LATEST = "$LATEST";

/** What a caller meant by a function's name. */
export interface FunctionReference {
  readonly functionName: string;
  /** A version, an alias or `$LATEST`; `undefined` when none was given. */
  readonly qualifier: string | undefined;
  /** Given with a partial or full ARN. */
  readonly accountId: string | undefined;
  /** Given with a full ARN. */
  readonly region: string | undefined;
}

const FUNCTION_NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const ALIAS_NAME = /^(?![0-9]+$)[a-zA-Z0-9-_]{1,128}$/;
const VERSION = /^[1-9][0-9]{0,15}$/;
const ACCOUNT_ID = /^[0-9]{12}$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/;
const PARTITION = /^aws[a-z-]*$/;

const FORMS =
  "fn, fn:alias, fn:version, fn:$LATEST, account:function:fn or arn:aws:lambda:region:account:function:fn, " +
  "the last two with :qualifier or without";

/**
 * Reads the forms in which Lambda lets a function be named: `fn`, `fn:qualifier`, the partial ARN
 * `account:function:fn[:qualifier]` and the full ARN `arn:aws:lambda:region:account:function:fn[:qualifier]`.
 * Throws `InvalidNameError` for anything else.
 */
export function parseFunctionReference(text: string): FunctionReference {
  const reference = typeof text === "string" ? readParts(text.split(":", 9)) : undefined;
  if (reference && isValid(reference)) return reference;
  throw new InvalidNameError(
    `${describeValue(text)} doesn't name a function. Write ${FORMS}; ` +
      `a function's name has 1 to 64 letters, digits, hyphens and underscores.`,
  );
}

/** The function's ARN without a qualifier. */
export function functionArn(region: string, accountId: string, functionName: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}

/** Throws `InvalidNameError` unless `name` has 1 to 64 letters, digits, hyphens and underscores, as in Lambda. */
export function checkFunctionName(name: string): void {
  if (typeof name === "string" && FUNCTION_NAME.test(name)) return;
  throw new InvalidNameError(
    `${describeValue(name)} can't be a function's name: use 1 to 64 letters, digits, hyphens and underscores.`,
  );
}

/** Throws `InvalidNameError` unless `alias` has 1 to 128 letters, digits, hyphens and underscores, not only digits. */
export function checkAliasName(alias: string): void {
  if (typeof alias === "string" && ALIAS_NAME.test(alias)) return;
  throw new InvalidNameError(
    `${describeValue(alias)} can't be an alias: use 1 to 128 letters, digits, hyphens and underscores, not digits alone.`,
  );
}

/** Whether `text` has the form of a published version: `1`, `2`, … */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

function readParts(parts: readonly string[]): FunctionReference | undefined {
  if (parts.length <= 2) return reference(parts[0], parts[1], undefined, undefined);
  if (parts[0] === "arn") return readArn(parts);
  if (parts.length > 4 || parts[1] !== "function") return undefined;
  return reference(parts[2], parts[3], parts[0], undefined);
}

function readArn(parts: readonly string[]): FunctionReference | undefined {
  const [, partition = "", service, region = "", accountId = "", kind, name, qualifier, extra] = parts;
  if (!PARTITION.test(partition) || service !== "lambda" || kind !== "function" || extra !== undefined)
    return undefined;
  return reference(name, qualifier, accountId, region);
}

function reference(
  functionName: string | undefined,
  qualifier: string | undefined,
  accountId: string | undefined,
  region: string | undefined,
): FunctionReference | undefined {
  return functionName === undefined ? undefined : { functionName, qualifier, accountId, region };
}

function isValid({ functionName, qualifier, accountId, region }: FunctionReference): boolean {
  return (
    FUNCTION_NAME.test(functionName) &&
    (qualifier === undefined || qualifier === LATEST || isVersion(qualifier) || ALIAS_NAME.test(qualifier)) &&
    (accountId === undefined || ACCOUNT_ID.test(accountId)) &&
    (region === undefined || REGION.test(region))
  );
}
