/** Streams for the responses of handlers that `awslambda.streamifyResponse` has made, and that global itself. */
export { createAwsLambda } from "./streaming/awslambda.ts";
export { openResponse } from "./streaming/response.ts";
export type { OpenedResponse, ResponseParts } from "./streaming/response.ts";
