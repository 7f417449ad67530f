// How smoothly a graph of 200 elements is dragged: opens the editor in Chromium, drags one element for some seconds, and prints what
// a frame took. `POINTSMAN_URL` is a running server with the built application, `POINTSMAN_ADMIN_TOKEN` its token, `CHROMIUM` the
// browser. Needs playwright-core, which is no dependency of the application: `npm i --no-save playwright-core`.
import { chromium } from "playwright-core";

const base = process.env.POINTSMAN_URL ?? "http://127.0.0.1:8787";
const token = process.env.POINTSMAN_ADMIN_TOKEN ?? "";
const routes = `${base}/client/v4/accounts/default/ai-gateway/gateways/default/routes`;
const SECONDS = 4;

/** A chain of 99 conditions, each with a model beside it: 200 elements, 397 edges. */
function elements() {
  const all = [{ id: "in", type: "start", outputs: { next: { elementId: "c0" } } }];
  for (let n = 0; n < 99; n += 1) {
    const [next, at] = [n === 98 ? "out" : `c${n + 1}`, { x: (n % 10) * 640, y: Math.floor(n / 10) * 320 }];
    const outputs = { true: { elementId: `m${n}` }, false: { elementId: next } };
    const conditions = { [`metadata.step${n}`]: { $eq: n } };
    all.push({ id: `c${n}`, type: "conditional", properties: { conditions }, outputs, position: at });
    const model = { provider: "echo", model: "echo" };
    const ways = { success: { elementId: "out" }, fallback: { elementId: next } };
    all.push({
      id: `m${n}`,
      type: "model",
      properties: model,
      outputs: ways,
      position: { x: at.x + 304, y: at.y },
    });
  }
  all.push({ id: "out", type: "end" });
  return all;
}

const made = await fetch(routes, {
  method: "POST",
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  body: JSON.stringify({ name: `drag-${Date.now()}`, elements: elements() }),
});
const { result } = await made.json();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${base}/g/default/routes/${result.id}`);
  const field = page.getByLabel("Token");
  await Promise.race([field.waitFor(), page.locator(".node").first().waitFor()]);
  if (await field.isVisible()) {
    await field.fill(token);
    await field.press("Enter");
  }
  await page.locator(".node").first().waitFor();
  await page.waitForTimeout(1500);
  console.log(
    `${await page.locator(".node").count()} elements, ${await page.locator(".route-edge").count()} edges`,
  );
  for (const all of [false, true]) {
    if (all) {
      await page.getByLabel("Fit View").click();
      await page.waitForTimeout(800);
    }
    print(all ? "everything in view" : "at reading size", await drag(page));
  }
} finally {
  await browser.close();
  await fetch(`${routes}/${result.id}`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
}

async function drag(page) {
  const box = await page.locator('[data-key="c0"] .node-head').boundingBox();
  const [x, y] = [box.x + box.width / 3, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(() => {
    window.frames_ = [];
    const tick = (time) => {
      window.frames_.push(time);
      window.ticking_ = requestAnimationFrame(tick);
    };
    window.ticking_ = requestAnimationFrame(tick);
  });
  const end = Date.now() + SECONDS * 1000;
  for (let n = 0; Date.now() < end; n += 1) {
    await page.mouse.move(x + 120 * Math.sin(n / 12), y + 80 * Math.cos(n / 9));
  }
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.ticking_);
    return window.frames_;
  });
  await page.mouse.up();
  await page.waitForTimeout(300);
  return frames.slice(1).map((time, i) => time - frames[i]);
}

function print(what, gaps) {
  const sorted = [...gaps].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(1);
  const rate = (1000 * gaps.length) / gaps.reduce((sum, it) => sum + it, 0);
  const late = gaps.filter((it) => it > 25).length;
  console.log(
    `${what}: ${rate.toFixed(1)} frames a second; a frame took ${at(0.5)} ms (p50), ${at(0.95)} (p95), ${at(0.99)} (p99); ` +
      `${late} of ${gaps.length} were late by half a frame or more`,
  );
}
