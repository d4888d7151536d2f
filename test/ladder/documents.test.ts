import { climb } from "./ladder.ts";

climb("documents", [
  { name: "pdf-lib", packages: ["pdf-lib"], event: { number: "7", lines: ["Tea 3.50", "Milk 0.99"] } },
  {
    name: "exceljs",
    packages: ["exceljs"],
    event: {
      rows: [
        { name: "Tea", amount: 1.5 },
        { name: "Ünï", amount: 1.5 },
      ],
    },
  },
  { name: "jimp", packages: ["jimp"] },
  {
    name: "sqljs",
    packages: ["sql.js"],
    event: {
      people: [
        ["Ada", 1815],
        ["Jane", 1775],
        ["Alan", 1912],
        ["Charles", 1891],
      ],
    },
  },
  {
    name: "archives",
    packages: ["jszip", "fflate"],
    event: { files: { "a.txt": "hello ".repeat(100), "sub/b.txt": "ünïcode" } },
  },
]);
