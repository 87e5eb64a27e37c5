// What a browser and axe make of the HTML reports: no request, no message, nothing of an export run, nothing in the way of
// anybody, everything on paper and without scripts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const reports = process.argv[2];
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const wrong = [];
const expect = (holds, words) => holds || wrong.push(words);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  userDataDir: mkdtempSync(join(tmpdir(), "outputs-")),
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
  protocolTimeout: 240000,
});

const open = async (file, { width = 1280, scheme = "light", scripts = true } = {}) => {
  const page = await browser.newPage();
  page.on("console", (message) => wrong.push(`${file}: console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${file}: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`${file}: dialog`); dialog.dismiss(); });
  page.on("request", (request) => request.url().startsWith("file://") || wrong.push(`${file}: asks for ${request.url()}`));
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ width, height: width < 600 ? 844 : 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const begun = Date.now();
  await page.goto(`file://${join(reports, file)}`);
  page.took = Date.now() - begun;
  return page;
};

for (const file of readdirSync(reports).filter((name) => name.endsWith(".html"))) {
  const said = JSON.parse(readFileSync(join(reports, file.replace(".html", ".json"))));
  const all = said.diagnostics.length;
  const large = file === "large.html";
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"]) {
      if (large && (width === 390 || scheme === "dark")) continue;
      const page = await open(file, { width, scheme });
      const name = `${file} ${width} ${scheme}`;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 0, `${name}: scrolls sideways by ${wide}`);
      expect((await page.title()).startsWith("rolecall: "), `${name}: title ${await page.title()}`);
      if (!large) {
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: open, it scrolls sideways`);
        // As a function: a script tag is what the policy of the page keeps out.
        const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })`);
        const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
        expect(serious.length === 0, `${name}: axe: ${serious.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary.slice(0, 200)}`).join("; ")}`);
        console.log(`${name}: axe: ${found.passes.length} rules pass, ${found.violations.length} others fail (${found.violations.map((one) => one.id)})`);
      }
      await page.close();
    }
  }
  const page = await open(file);
  const shown = () => page.evaluate(() => [...document.querySelectorAll("[data-fingerprint]")].filter((one) => one.checkVisibility()).length);
  expect((await shown()) === all, `${file}: shows ${await shown()} of ${all}`);
  if (all > 0) {
    const words = said.diagnostics[0].fingerprint.toUpperCase();
    const begun = Date.now();
    await page.type("input[type=search]", words);
    const one = await shown();
    const filtered = Date.now() - begun;
    expect(one >= 1 && one < Math.max(all, 2), `${file}: searching leaves ${one} of ${all}`);
    expect((await page.$eval("[role=status]", (status) => status.textContent)).startsWith(`${one} of `), `${file}: status`);
    expect(page.took + filtered < 8000, `${file}: opens in ${page.took} ms, searches in ${filtered} ms`);
    console.log(`${file}: ${all} findings: opens in ${page.took} ms, searches in ${filtered} ms`);
    await page.$eval("input[type=search]", (input) => { input.value = ""; input.dispatchEvent(new Event("input", { bubbles: true })); });
    for (const level of ["error", "warning", "note"]) await page.click(`input[name=level][value=${level}]`);
    expect((await shown()) === 0, `${file}: without levels ${await shown()} show`);
    await page.click("input[name=level][value=error]");
    const errors = said.diagnostics.filter((one) => one.severity === "error").length;
    expect((await shown()) === errors, `${file}: ${await shown()} of ${errors} errors show`);
  }
  // What is filtered prints all the same.
  if (!large) {
    const pdf = join(reports, file.replace(".html", ".pdf"));
    writeFileSync(pdf, await page.pdf({ format: "A4", printBackground: true }));
    const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { maxBuffer: 1 << 28 }).toString();
    const lost = said.diagnostics.filter((one) => !text.includes(one.fingerprint));
    expect(lost.length === 0, `${file}: ${lost.length} findings are not on paper`);
    console.log(`${file}: ${text.split("\f").length - 1} pages`);
  }
  await page.close();
  const plain = await open(file, { scripts: false });
  const tree = await plain.accessibility.snapshot({ interestingOnly: false }).catch(() => null);
  expect(tree !== null, `${file}: no tree without scripts`);
  const cdp = await plain.createCDPSession();
  const { root } = await cdp.send("DOM.getDocument", { depth: 0 });
  for (const what of ["[data-fingerprint]", "[data-quote]"]) {
    const { nodeIds } = await cdp.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: what });
    for (const nodeId of nodeIds.slice(0, 300)) {
      const box = await cdp.send("DOM.getBoxModel", { nodeId }).catch(() => null);
      expect(box && box.model.height > 0, `${file}: without scripts a ${what} does not show`);
    }
  }
  await plain.close();
}
await browser.close();
if (wrong.length > 0) {
  console.error(wrong.slice(0, 40).join("\n"));
  process.exit(1);
}
