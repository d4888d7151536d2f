import { Engine, InvalidCodeError, InvalidNameError, InvalidOptionError } from "../../src/index.ts";
import type { EngineOptions, FunctionSettings } from "../../src/index.ts";
import { FINE, option, setting, testRefusals } from "./bad-input.ts";
import type { BadInput } from "./bad-input.ts";

const deploy =
  (settings: object): BadInput["act"] =>
  ({ engine }) =>
    engine.deploy("mine", { code: { source: FINE }, ...settings });
const deployCode =
  (code: unknown): BadInput["act"] =>
  ({ engine }) =>
    engine.deploy("mine", { code } as FunctionSettings);
const construct =
  (options: unknown): BadInput["act"] =>
  () =>
    new Engine(options as EngineOptions);

testRefusals("bad input to deploy and to the engine's constructor", [
  {
    name: "a negative timeout",
    act: deploy({ timeoutMs: -1 }),
    ...setting("timeoutMs", -1, [/"mine"/, /timeoutMs is -1/, /1 to 900000/]),
  },
  { name: "a timeout of 0", act: deploy({ timeoutMs: 0 }), ...setting("timeoutMs", 0, [/timeoutMs is 0/]) },
  {
    name: "a timeout as text",
    act: deploy({ timeoutMs: "3s" }),
    ...setting("timeoutMs", "3s", [/timeoutMs is "3s"/, /integer/]),
  },
  {
    name: "too little memory",
    act: deploy({ memoryMb: 8 }),
    ...setting("memoryMb", 8, [/memoryMb is 8/, /16 to 10240/]),
  },
  {
    name: "a runtime that isn't there",
    act: deploy({ runtime: "nodejs18.x" }),
    ...setting("runtime", "nodejs18.x", [/"nodejs18.x"/, /nodejs22\.x/, /nodejs24\.x/]),
  },
  {
    name: "Lambda's name for a setting",
    act: deploy({ memorySize: 256 }),
    ...setting("memorySize", 256, [/memorySize/, /memoryMb/]),
  },
  {
    name: "a reserved variable",
    act: deploy({ environment: { AWS_REGION: "x" } }),
    type: InvalidOptionError,
    code: "INVALID_SETTING",
    message: [/AWS_REGION/, /Lambda/],
  },
  {
    name: "a variable that is no text",
    act: deploy({ environment: { PORT: 80 } }),
    type: InvalidOptionError,
    code: "INVALID_SETTING",
    message: [/PORT/, /80/],
  },
  {
    name: "more provisioned than reserved",
    act: deploy({ provisionedConcurrency: 3, reservedConcurrency: 2 }),
    ...setting("provisionedConcurrency", 3, [/at most reservedConcurrency, which is 2/]),
  },
  {
    name: "more reserved than the account has",
    act: deploy({ reservedConcurrency: 99_999 }),
    ...setting("reservedConcurrency", 99_999, [/"mine"/, /accountConcurrency/]),
  },
  {
    name: "a handler with white space",
    act: deploy({ handler: "index handler" }),
    ...setting("handler", "index handler", [/file\.export/]),
  },
  {
    name: "no settings at all",
    act: ({ engine }) => engine.deploy("mine", undefined as unknown as FunctionSettings),
    type: InvalidOptionError,
    code: "INVALID_SETTING",
    message: [/"mine"/],
  },
  {
    name: "no code",
    act: deployCode(undefined),
    type: InvalidOptionError,
    code: "INVALID_SETTING",
    fields: { field: "code" },
    message: [/source/, /file/],
  },
  {
    name: "both source and file",
    act: deployCode({ source: FINE, file: "a.ts" }),
    type: InvalidOptionError,
    code: "INVALID_SETTING",
    message: [/source and file/, /either/],
  },
  {
    name: "a source that is no text",
    act: deployCode({ source: 1 }),
    ...setting("code.source", 1, [/code\.source is 1/]),
  },
  {
    name: "a syntax error in the source",
    act: deployCode({ source: "export const handler = async () => {" }),
    type: InvalidCodeError,
    code: "INVALID_CODE",
    fields: { errorType: "Runtime.UserCodeSyntaxError" },
    message: [/"mine"/, /SyntaxError/, /Nothing was deployed/],
  },
  {
    name: "a syntax error in a CommonJS source",
    act: deployCode({ source: "exports.handler = async () => { return ]; }" }),
    type: InvalidCodeError,
    code: "INVALID_CODE",
    fields: { errorType: "Runtime.UserCodeSyntaxError" },
    message: [/Unexpected token '\]'/],
  },
  {
    name: "a missing file",
    act: deployCode({ file: "./no/such/file.ts" }),
    type: InvalidCodeError,
    code: "INVALID_CODE",
    fields: { errorType: "Runtime.ImportModuleError" },
    message: [/"mine"/, /no\/such\/file\.ts/],
  },
  {
    name: "a function name with spaces",
    act: ({ engine }) => engine.deploy("my function", { code: { source: FINE } }),
    type: InvalidNameError,
    code: "INVALID_NAME",
    message: [/"my function"/, /1 to 64 letters/],
  },
  {
    name: "an engine option out of range",
    act: construct({ accountConcurrency: 0 }),
    ...option("accountConcurrency", 0, [/Engine: accountConcurrency is 0/, /1 to 100000/]),
  },
  {
    name: "an unknown engine option",
    act: construct({ concurrency: 5 }),
    ...option("concurrency", 5, [/concurrency is 5/, /accountConcurrency/]),
  },
  {
    name: "an option of cells out of range",
    act: construct({ cells: { count: 0 } }),
    ...option("cells.count", 0, [/cells\.count is 0/, /1 to 64/]),
  },
  {
    name: "engine options that are no object",
    act: construct(5),
    type: InvalidOptionError,
    code: "INVALID_OPTION",
    message: [/Engine/],
  },
]);
