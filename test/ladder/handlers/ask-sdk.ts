import { getIntentName, getRequestType, getSlotValue, SkillBuilders, type HandlerInput } from "ask-sdk-core";

const launch = {
  canHandle: (input: HandlerInput) => getRequestType(input.requestEnvelope) === "LaunchRequest",
  handle: (input: HandlerInput) =>
    input.responseBuilder
      .speak("Welcome")
      .reprompt("What is it?")
      .withSimpleCard("Hi", "Welcome")
      .getResponse(),
};

const recipe = {
  canHandle: (input: HandlerInput) => getRequestType(input.requestEnvelope) === "IntentRequest",
  handle(input: HandlerInput) {
    const attributes = input.attributesManager.getSessionAttributes();
    attributes.asked = ((attributes.asked as number | undefined) ?? 0) + 1;
    input.attributesManager.setSessionAttributes(attributes);
    const name = getIntentName(input.requestEnvelope);
    if (name === "RecipeIntent") {
      return input.responseBuilder
        .speak(`<b>${getSlotValue(input.requestEnvelope, "Item") ?? "?"}</b>`)
        .getResponse();
    }
    throw new Error(`no intent ${name}`);
  },
};

const failed = {
  canHandle: () => true,
  handle: (input: HandlerInput, error: Error) =>
    input.responseBuilder.speak(error.message).withShouldEndSession(true).getResponse(),
};

const skill = SkillBuilders.custom()
  .addRequestHandlers(launch, recipe)
  .addErrorHandlers(failed)
  .addRequestInterceptors({ process: (input) => console.log("asked", input.requestEnvelope.request.type) })
  .withCustomUserAgent("ladder")
  .create();

export const handler = async (envelope: object) => {
  const started = structuredClone(envelope) as { request: Record<string, unknown> };
  started.request = {
    type: "LaunchRequest",
    requestId: "r",
    timestamp: "2026-01-01T00:00:00Z",
    locale: "en-US",
  };
  return [await skill.invoke(envelope as never), await skill.invoke(started as never)];
};
