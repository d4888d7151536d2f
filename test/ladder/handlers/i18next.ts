import i18next from "i18next";

await i18next.init({
  lng: "en",
  fallbackLng: "en",
  showSupportNotice: false,
  resources: {
    en: {
      translation: {
        hello: "Hello {{name}}",
        item_one: "{{count}} item",
        item_other: "{{count}} items",
        price: "{{value, currency(USD)}}",
      },
    },
    pl: {
      translation: {
        hello: "Cześć {{name}}",
        item_one: "{{count}} rzecz",
        item_few: "{{count}} rzeczy",
        item_many: "{{count}} rzeczy",
      },
    },
  },
});

export const handler = async (event: { name: string; language: string }) => {
  const t = i18next.getFixedT(event.language);
  return {
    hello: t("hello", { name: event.name }),
    items: [1, 3, 5].map((count) => t("item", { count })),
    price: t("price", { value: 1234.5 }),
  };
};
