/** Which of Node's built-in modules undici's fetch may count on. */
export const runtimeFeatures: { has(feature: string): boolean } = { has: (feature) => feature === "crypto" };
