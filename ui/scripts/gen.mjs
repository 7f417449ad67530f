// Types of the API, from the checked-in snapshot of /openapi.json. With --check: fail when they are not current.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const paths = new URL("../src/api/paths.ts", import.meta.url);
const snapshot = new URL("../../crates/api/tests/it/snapshots/it__coverage__openapi.snap", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);

const text = await readFile(snapshot, "utf8");
// An insta snapshot: two lines of `---` around a head, then the document.
const document = JSON.parse(text.slice(text.indexOf("\n---\n") + 5));
const head = "// Generated from the OpenAPI document by `npm run gen`; do not edit.\n\n";
const types = head + astToString(await openapiTS(document, { alphabetize: true }));


// Which method and path an operation is: types are gone at run time.
const lines = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, it]) => `  "${it.operationId}": ["${method.toUpperCase()}", "${path}"],`),
);
const table = `${head}/** Method and path of every operation. */\nexport const Paths = {\n${lines.sort().join("\n")}\n} as const;\n`;

const check = process.argv.includes("--check");
for (const [file, content] of [[target, types], [paths, table]]) {
  if (!check) await writeFile(file, content);
  else if ((await readFile(file, "utf8").catch(() => "")) !== content) {
    console.error(`${file.pathname} is not what the OpenAPI document says: run \`npm run gen\` in ui/ and commit it`);
    process.exitCode = 1;
  }
}
