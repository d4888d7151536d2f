interface NotYet {
  readonly why: string;
  readonly error: RegExp;
}

const BUILT_IN: NotYet = {
  why: "a built-in module is missing",
  error: /Cannot find (?:module|package) '(?:node:)?(?:zlib|dns)'/,
};

/** The rungs that don't work yet: why, and what they fail with. When one begins to work its test says so. */
export const NOT_YET: Readonly<Record<string, NotYet>> = {
  ...all(BUILT_IN, [
    "cheerio",
    "exceljs",
    "jimp",
    "archives",
    "fastify",
    "koa",
    "lambda-api",
    "apollo",
    "graphql-yoga",
  ]),
  ...all(BUILT_IN, [
    "express4-codegenie",
    "express5-codegenie",
    "express4-vendia",
    "express5-vendia",
    "express5-serverless-http",
  ]),
  ...all(BUILT_IN, [
    "powertools-logger",
    "axios",
    "global-fetch",
    "got",
    "node-fetch",
    "undici",
    "sentry",
    "nodemailer",
  ]),
  ...all(BUILT_IN, [
    "aws-dynamodb",
    "aws-lib-dynamodb",
    "aws-s3",
    "aws-sqs",
    "aws-sns",
    "aws-lambda-client",
    "aws-ssm",
    "aws-secrets-manager",
    "aws-eventbridge",
    "powertools-idempotency",
    "powertools-parameters",
  ]),
};

function all(reason: NotYet, names: readonly string[]): Record<string, NotYet> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
