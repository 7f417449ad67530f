// What a first visit loads, gzipped: the entry, everything it imports statically, and its styles. Fails above the budget.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUDGET = 350 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["index.html"]);
const seen = new Set();
function visit(key) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return;
  seen.add(key);
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) visit(next);
}
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);

async function gzipped(file) {
  return gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
}
let total = 0;
for (const file of files) {
  const size = await gzipped(file);
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB  ${file}`);
}
for (const chunk of Object.values(manifest)) {
  if (files.has(chunk.file) || !chunk.file.endsWith(".js")) continue;
  console.log(`${((await gzipped(chunk.file)) / 1024).toFixed(1).padStart(8)} KiB  ${chunk.file} (later)`);
}
console.log(`first load ${(total / 1024).toFixed(1)} KiB gzip, budget ${BUDGET / 1024} KiB`);
if (total > BUDGET) process.exit(1);
