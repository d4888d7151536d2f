import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { DecryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

export const handler = async (event: { user: string; cipher: string }) => {
  const user = await new CognitoIdentityProviderClient().send(
    new AdminGetUserCommand({ UserPoolId: "us-east-1_a", Username: event.user }),
  );
  const secret = await new KMSClient().send(
    new DecryptCommand({ CiphertextBlob: Buffer.from(event.cipher, "base64") }),
  );
  const started = await new SFNClient().send(
    new StartExecutionCommand({
      stateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:m",
      input: JSON.stringify(event),
    }),
  );
  const mail = await new SESClient().send(
    new SendEmailCommand({
      Source: "shop@example.com",
      Destination: { ToAddresses: ["ada@example.com"] },
      Message: { Subject: { Data: "Order ü" }, Body: { Text: { Data: "Thanks & bye" } } },
    }),
  );
  await new CloudWatchClient().send(
    new PutMetricDataCommand({
      Namespace: "shop",
      MetricData: [{ MetricName: "orders", Value: 1, Timestamp: new Date(0) }],
    }),
  );
  const role = await new STSClient().send(
    new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/r", RoleSessionName: "s" }),
  );
  const unknown = await new SFNClient()
    .send(new StartExecutionCommand({ stateMachineArn: "none" }))
    .catch((error: Error) => [error.name, error.message]);
  return {
    user: [user.Username, user.UserCreateDate, user.UserAttributes],
    secret: Buffer.from(secret.Plaintext ?? []).toString(),
    started: [started.executionArn, started.startDate],
    mail: mail.MessageId,
    role: role.Credentials,
    unknown,
  };
};
