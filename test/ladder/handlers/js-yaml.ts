import * as yaml from "js-yaml";

export const handler = async (event: { text: string }) => {
  const config = yaml.load(event.text);
  return { config, back: yaml.dump(config, { sortKeys: true }) };
};
