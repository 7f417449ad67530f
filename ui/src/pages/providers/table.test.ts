import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PROVIDERS } from "./table";

it("the providers, their formats and variables are those of docs/providers.md", () => {
  const lines = readFileSync("../docs/providers.md", "utf8").split("\n");
  const rows = lines
    .map((line) => line.split("|").map((cell) => cell.trim()))
    // Nine columns between bars, the first of them a slug.
    .filter((cells) => cells.length === 11 && /^`[a-z0-9-]+`$/.test(cells[1] ?? ""))
    .map((cells) => ({
      slug: cells[1]?.replaceAll("`", ""),
      formats: [...(cells[4] ?? "").matchAll(/`([^`]+)`/g)].map((it) => it[1]),
      variables: [...(cells[5] ?? "").matchAll(/`([A-Z0-9_]+)`/g)].map((it) => it[1]),
      keyless: (cells[5] ?? "").startsWith("none needed"),
    }));
  expect(rows.length).toBeGreaterThan(20);
  expect(PROVIDERS.map(({ sign: _, ...rest }) => rest)).toEqual(rows);
});
