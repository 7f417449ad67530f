// Types of the API, from the checked-in snapshot of /openapi.json. With --check: fail when they are not current.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const snapshot = new URL("../../crates/api/tests/it/snapshots/it__coverage__openapi.snap", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);

const text = await readFile(snapshot, "utf8");
// An insta snapshot: two lines of `---` around a head, then the document.
const document = JSON.parse(text.slice(text.indexOf("\n---\n") + 5));
const head = "// Generated from the OpenAPI document by `npm run gen`; do not edit.\n\n";
const types = head + astToString(await openapiTS(document, { alphabetize: true }));

if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8").catch(() => "")) !== types) {
    console.error(
      "ui/src/api/schema.ts is not what the OpenAPI document says: run `npm run gen` in ui/ and commit it",
    );
    process.exit(1);
  }
} else {
  await writeFile(target, types);
}
