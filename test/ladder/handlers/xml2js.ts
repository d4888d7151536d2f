import { Builder, parseStringPromise } from "xml2js";

export const handler = async (event: { xml: string }) => {
  const document = await parseStringPromise(event.xml, { explicitArray: false, mergeAttrs: true });
  const failure = await parseStringPromise("<a><b></a>").catch((error: Error) => error.message);
  return { document, failure, back: new Builder({ headless: true }).buildObject(document) };
};
