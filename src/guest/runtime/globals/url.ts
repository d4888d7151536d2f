import { GuestQuestion } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import { jsonParse, jsonOfStrings, SafeRangeError } from "../primordials.ts";
import { withCode } from "./errors.ts";

/** The longest text that is parsed as a URL, base and new part included. */
const maxUrlLength = 1024 * 1024;

/** What the host makes of a URL: the fields of its own `URL`. */
export interface UrlParts {
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/** Parses with the host's URL parser. Both give nothing for what is no URL. */
export interface UrlParser {
  parse(input: string, base: string | undefined): UrlParts | undefined;
  /** The parts of `href` after `url[field] = value`. */
  change(href: string, field: string, value: string): UrlParts | undefined;
}

/**
 * ParseUrl's text is JSON `[input]` or `[input, base]`, or, to set a field of a URL, `[href, field, value]`.
 */
export function createUrlParser(host: HostPort): UrlParser {
  function ask(texts: readonly string[]): UrlParts | undefined {
    let length = 0;
    for (let index = 0; index < texts.length; index++) length += (texts[index] as string).length;
    if (length > maxUrlLength) throw tooLong(length);
    const answer = host.ask(GuestQuestion.ParseUrl, jsonOfStrings(texts));
    return answer === "" ? undefined : (jsonParse(answer) as UrlParts);
  }

  return {
    parse: (input, base) => ask(base === undefined ? [input] : [input, base]),
    change: (href, field, value) => ask([href, field, value]),
  };
}

function tooLong(length: number): Error {
  return withCode(
    new SafeRangeError(`The URL is too long: ${length} characters, at most ${maxUrlLength} are parsed.`),
    "ERR_OUT_OF_RANGE",
  );
}
