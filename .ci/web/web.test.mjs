// The web chat in a real browser, against the real program. Run by .ci/run:
//   LATCHKEY=/path/to/latchkey node --test web.test.mjs
// CHROMIUM names the browser; SHOTS a folder for screenshots.
import {test, before, after} from "node:test";
import assert from "node:assert/strict";
import {spawn, execFileSync} from "node:child_process";
import {createServer} from "node:http";
import {mkdtempSync, readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {chromium} from "playwright-core";

const program = process.env.LATCHKEY;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "latchkey-web-"));
const config = join(folder, "config.yaml");
let browser, server, base, site;

// start runs `latchkey serve` on a port, the same one after a restart.
async function start(port = 0) {
  writeFileSync(config, `listen: 127.0.0.1:${port}\ndata: ${join(folder, "data")}\nlog: {level: warn}\nweb: {embed_origins: ["${site}"]}\n`);
  server = spawn(program, ["serve", "--config", config], {stdio: ["ignore", "pipe", "inherit"]});
  base = await new Promise((done, fail) => {
    server.stdout.on("data", (d) => { const m = /listening on (\S+)/.exec(d); if (m) done(m[1]); });
    server.on("exit", (code) => fail(new Error(`serve ended with ${code}`)));
  });
}

function desk(...args) { return execFileSync(program, ["desk", "--config", config, "--as", "Ada", ...args], {encoding: "utf8"}); }

// open is a fresh browser profile on a page; errors on its console fail the test.
async function open(t, path = "/", options = {}) {
  const context = await browser.newContext({viewport: {width: 1100, height: 820}, locale: "en-US", bypassCSP: true, ...options});
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("console", (m) => { if (m.type() === "error" && !/ERR_CONNECTION|Failed to load resource/.test(m.text())) errors.push(m.text()); });
  t.after(async () => { await context.close(); assert.deepEqual(errors, []); });
  await page.goto(path.startsWith("http") ? path : base + path);
  return page;
}

const choose = (page, name) => page.getByRole("button", {name, exact: true}).click();
const says = (page, words) => page.getByText(words).last().waitFor();
async function type(page, words) { await page.getByRole("textbox").fill(words); await page.keyboard.press("Enter"); }
async function shot(page, name) { if (process.env.SHOTS) await page.screenshot({path: join(process.env.SHOTS, name + ".png")}); }

async function accessible(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
}

before(async () => {
  const other = createServer((_, res) => { res.setHeader("Content-Type", "text/html"); res.end(`<!doctype html><title>Shop</title><h1>Shop</h1><script src="${base}/embed.js" data-label="Need help?" async></script>`); });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${other.address().port}`;
  other.unref();
  await start();
  browser = await chromium.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]});
});
after(async () => { await browser?.close(); server?.kill("SIGTERM"); });

for (const [name, options] of Object.entries({desktop: {}, phone: {viewport: {width: 390, height: 780}, colorScheme: "dark", hasTouch: true, isMobile: true}})) {
  test(`from the greeting to solved, ${name}`, async (t) => {
    const page = await open(t, "/", options);
    await says(page, "Tell me in your own words what happened");
    await accessible(page);
    await shot(page, `${name}-greeting`);
    await type(page, "i forgot my pasword");
    await says(page, "Where do you sign in");
    await choose(page, "On the website");
    await says(page, "Step 1 of 5");
    for (const step of [2, 3, 4, 5]) {
      await choose(page, "Done");
      await says(page, `Step ${step} of 5`);
      if (step === 3) { await page.getByRole("img", {name: /A line with a square/}).waitFor(); await shot(page, `${name}-guide`); await accessible(page); }
    }
    await choose(page, "Done");
    await says(page, "Are you back in your account?");
    await choose(page, "Yes, I'm in");
    await says(page, "Good to have you back");
    await shot(page, `${name}-solved`);
    await accessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  });
}

test("by keyboard alone", async (t) => {
  const page = await open(t);
  await says(page, "Tell me in your own words what happened");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await page.keyboard.type("i forgot my password");
  await page.keyboard.press("Enter");
  await says(page, "Where do you sign in");
  await page.keyboard.press("Shift+Tab"); // from the field back to the newest choices
  for (let i = 0; i < 6 && (await page.evaluate(() => document.activeElement.textContent)) !== "On the website"; i++) await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "On the website");
  await page.keyboard.press("Enter");
  await says(page, "Step 1 of 5");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
});

test("another language", async (t) => {
  const page = await open(t);
  await says(page, "Tell me in your own words what happened");
  await page.getByLabel("Language").selectOption("ru");
  await says(page, "Продолжаем");
  assert.equal(await page.getByRole("textbox").getAttribute("placeholder"), "Напишите сообщение");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ru");
  await accessible(page);
  await shot(page, "russian");
});

test("what looks like a secret is not kept", async (t) => {
  const page = await open(t, "/?start=forgot");
  await says(page, "Where do you sign in");
  await type(page, "my password is Winter#Harbour5");
  await says(page, "I took out something that looked like a secret");
  await page.reload();
  await says(page, "[removed: password]");
  assert.equal(await page.getByText("Harbour5").count(), 0);
});

test("a lost connection and a restarted program", async (t) => {
  const page = await open(t, "/?start=forgot");
  await choose(page, "On the website");
  await says(page, "Step 1 of 5");
  const port = new URL(base).port;
  server.removeAllListeners("exit");
  server.kill("SIGKILL");
  await page.getByText("No connection.").waitFor();
  await choose(page, "Done"); // pressed while nobody is there
  await shot(page, "offline");
  await start(port);
  await says(page, "Step 2 of 5");
  await page.getByText("No connection.").waitFor({state: "hidden"});
  await page.reload();
  await says(page, "Step 2 of 5");
  assert.equal(await page.getByText("Step 1 of 5").count(), 1);
  assert.equal(await page.getByText("Step 2 of 5").count(), 1);
});

test("a person takes over and ends the case", async (t) => {
  const page = await open(t, "/?start=forgot");
  await choose(page, "On the website");
  await says(page, "Step 1 of 5");
  await type(page, "human");
  await says(page, "I am passing you to a person");
  const no = /#(\d+)\s+queued/.exec(desk("list"))[1];
  assert.match(desk("show", no), /"reason": ?"asked_human"/);
  desk("claim", no);
  await says(page, "Ada is here now");
  await type(page, "are you there?");
  desk("reply", no, "I am *here*. What do you see?");
  await says(page, "I am *here*. What do you see?");
  await accessible(page);
  await shot(page, "person");
  desk("resolve", no);
  await says(page, "The case is closed");
});

test("embedded in another site", async (t) => {
  const page = await open(t, site);
  await page.getByRole("button", {name: "Need help?"}).click();
  const chat = page.frameLocator("#latchkey-frame");
  await chat.getByText("Tell me in your own words what happened").waitFor();
  await shot(page, "embedded");
  await page.keyboard.press("Escape");
});

test("the status page", async (t) => {
  for (const [name, options] of [["desktop", {}], ["phone", {viewport: {width: 390, height: 780}, colorScheme: "dark"}]]) {
    const page = await open(t, "/status", options);
    await page.getByRole("heading", {name: "Everything works"}).waitFor();
    await page.getByText("pack release").waitFor();
    await accessible(page);
    await shot(page, `status-${name}`);
  }
});
