/** What stands for an AWS account in ARNs and events, where none is given. */
export const DEFAULT_ACCOUNT_ID = "123456789012";

/** What stands for an AWS region in ARNs and events, where none is given. */
export const DEFAULT_REGION = "us-east-1";
