import { climb } from "./ladder.ts";
import { openMoreAws } from "./servers/aws-more.ts";

climb(
  "more of aws",
  [
    {
      name: "aws-h2",
      packages: ["@aws-sdk/client-bedrock-runtime", "@aws-sdk/client-kinesis"],
      event: { prompt: "grüße", orders: [{ id: 1 }, { id: 2 }] },
    },
    {
      name: "aws-others",
      packages: ["cognito-identity-provider", "kms", "sfn", "ses", "cloudwatch", "sts"].map(
        (name) => `@aws-sdk/client-${name}`,
      ),
      event: { user: "ada", cipher: Buffer.from("s3cret").toString("base64") },
    },
  ],
  openMoreAws,
);
