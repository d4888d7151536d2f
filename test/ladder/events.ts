/** A request as the handlers of web frameworks get it. */
interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The event of an API Gateway HTTP API (payload format 2.0). */
export function httpApi({ method = "GET", path, query = "", body, headers = {} }: Asked): object {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    cookies: ["a=1", "b=2"],
    headers: { ...common(body, headers), cookie: "a=1; b=2" },
    ...(query && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "ladder" },
      requestId: "request-1",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1_773_342_238_000,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** The event of an API Gateway REST API (payload format 1.0). */
export function restApi({ method = "GET", path, query = "", body, headers = {} }: Asked): object {
  const all = common(body, headers);
  const search = new URLSearchParams(query);
  return {
    version: "1.0",
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: query ? Object.fromEntries(search) : null,
    multiValueQueryStringParameters: query
      ? Object.fromEntries([...search.keys()].map((name) => [name, search.getAll(name)]))
      : null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.execute-api.us-east-1.amazonaws.com",
      httpMethod: method,
      identity: { sourceIp: "192.0.2.1", userAgent: "ladder" },
      path,
      protocol: "HTTP/1.1",
      requestId: "request-1",
      resourcePath: "/{proxy+}",
      stage: "prod",
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

function common(body: unknown, headers: Asked["headers"]): Record<string, string> {
  return {
    host: "api.execute-api.us-east-1.amazonaws.com",
    "user-agent": "ladder",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
    ...(body !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(JSON.stringify(body))),
    }),
    ...headers,
  };
}
