import { parse, stringify, v3, v4, v5, v7, validate, version } from "uuid";

export const handler = async (event: { name: string }) => {
  const random = v4();
  const ordered = [v7({ msecs: 1_700_000_000_000, seq: 1 }), v7({ msecs: 1_700_000_000_001, seq: 1 })];
  return {
    random: [validate(random), version(random), random.length],
    distinct: new Set(Array.from({ length: 100 }, () => v4())).size,
    ordered: ordered[0]! < ordered[1]!,
    named: v5(event.name, v5.DNS),
    old: v3(event.name, v3.URL),
    round: stringify(parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
  };
};
