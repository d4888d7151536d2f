import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";

const options = { ignoreAttributes: false, attributeNamePrefix: "@" };

export const handler = async (event: { xml: string }) => {
  const valid = XMLValidator.validate(event.xml);
  const document = new XMLParser(options).parse(event.xml) as object;
  return { valid, document, back: new XMLBuilder({ ...options, format: true }).build(document) };
};
