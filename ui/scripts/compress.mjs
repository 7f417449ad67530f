// A .gz and a .br beside every file of dist/ that gains by it; the binary embeds them and picks by Accept-Encoding.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
for (const name of await readdir(dist, { recursive: true })) {
  if (!/\.(html|js|css|svg|json|txt)$/.test(name) || name.startsWith(".vite")) continue;
  const plain = await readFile(new URL(name, dist));
  const gz = gzipSync(plain, { level: 9 });
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  if (gz.length < plain.length) await writeFile(new URL(`${name}.gz`, dist), gz);
  if (br.length < plain.length) await writeFile(new URL(`${name}.br`, dist), br);
}
