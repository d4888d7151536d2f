import qs from "qs";

export const handler = async (event: { rawQueryString: string }) => {
  const parsed = qs.parse(event.rawQueryString, { comma: true });
  return { parsed, back: qs.stringify(parsed, { arrayFormat: "brackets" }) };
};
