// Looks at every screen of the made-up desk in Chromium: pictures in three languages, two themes and two sizes, and
// what axe and the page's own policy have to say. `npm run look [-- --quick]`; pictures go to /tmp/ui-shots.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const OUT = process.env.SHOTS ?? '/tmp/ui-shots';
const DIST = new URL('../dist-mock/', import.meta.url).pathname;
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
// As strict as the served page will be, so that what it would refuse is seen here first.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self' ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname).replace(/^\/$/, '/index.html');
  readFile(join(DIST, path)).then(
    (body) => {
      const type = KINDS[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
    },
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
mkdirSync(OUT, { recursive: true });

const profile = mkdtempSync(join(tmpdir(), 'look-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium',
  args: '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  ),
  bypassCSP: false,
});

const wait = (page, selector) => page.waitForSelector(selector, { timeout: 15_000 });
/** Opens a conversation in which something was written. */
async function conversation(page) {
  await wait(page, '[data-conversation]');
  for (let place = 0; place < 30; place += 1) {
    await page.locator('[data-conversation]').nth(place).click();
    await wait(page, '[data-trail-row]');
    if (await page.locator('[data-showing]').count()) return;
    await page.locator('[data-back]').click();
    await wait(page, '[data-conversation]');
  }
}

const SCREENS = {
  live: ['#/live', async () => undefined],
  past: [
    '#/live',
    async (page) => {
      await page.locator('[data-playhead]').click({ position: { x: 260, y: 16 } });
      await wait(page, '[data-mode=paused]');
      await page.locator('[data-tile=service-level] [data-figure="sl.cisco_negative"]').click();
      await wait(page, '[data-evidence-row]');
    },
  ],
  table: ['#/live', (page) => page.locator('[data-chart-table]').click()],
  scrolled: ['#/live', (page) => page.locator('main').evaluate((main) => main.scrollTo(0, 9999))],
  conversations: ['#/conversations', (page) => wait(page, '[data-conversation]')],
  conversation: [
    '#/conversations',
    async (page) => {
      await page.locator('[data-conversation]').nth(6).click();
      await wait(page, '[data-trail-row]');
      await page.locator('[data-raw-toggle]').nth(1).click();
    },
  ],
  showings: [
    '?showings#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-trail-row]').last().scrollIntoViewIfNeeded();
    },
  ],
  unmask: [
    '#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-unmask]').click();
      await page.locator('[data-unmask-reason]').fill('disk');
      await page.locator('[data-unmask-show]').click();
      await wait(page, 'dialog [data-error]');
    },
  ],
  unmasked: [
    '#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-unmask]').click();
      await page.locator('[data-unmask-reason]').fill('客户投诉，需要核对原话');
      await page.locator('[data-unmask-show]').click();
      await wait(page, '[data-watermark]');
      await page.locator('[data-trail-row]').last().scrollIntoViewIfNeeded();
    },
  ],
  texts: [
    '#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-texts]').click();
      await page.locator('[data-wish=restrict]').click();
    },
  ],
  forget: [
    '#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-texts]').click();
      await page.locator('[data-wish=forget]').click();
    },
  ],
  forgotten: [
    '#/conversations',
    async (page) => {
      await conversation(page);
      await page.locator('[data-texts]').click();
      await page.locator('[data-wish=forget]').click();
      await page.locator('[data-wish-reason]').fill('customer asked by mail');
      const pseudonym = await page.locator('[data-pseudonym]').getAttribute('data-pseudonym');
      await page.locator('[data-wish-tail]').fill(pseudonym.slice(-4));
      await page.locator('[data-wish-do=forget]').click();
      await wait(page, '[data-forgotten]');
      await page.locator('[data-named]').nth(1).click();
      await wait(page, '[data-named-event]');
    },
  ],
  import: [
    '#/import',
    async (page) => {
      await page.locator('[data-import-path]').fill('/data/broken.csv.gz');
      await page.locator('[data-import-start]').click();
      await wait(page, '[data-job-state=stopped]');
      await page.locator('[data-import-path]').fill('/data/missing.csv');
      await page.locator('[data-import-start]').click();
      await wait(page, '[data-error]');
      await page.locator('[data-import-path]').fill('/data/february_1999.txt');
      await page.locator('[data-import-start]').click();
      await wait(page, '[data-job-state=running]');
    },
  ],
  mapping: [
    '#/import',
    async (page) => {
      await page.locator('[data-import-path]').fill('/data/calls.csv');
      await page.locator('[data-import-start]').click();
      await wait(page, '[data-mapping-state=sound]');
      const text = await page.locator('[data-mapping-text]').inputValue();
      await page.locator('[data-mapping-text]').fill(text.replace(/^zone.*$/m, ''));
      await wait(page, '[data-mapping-problem]');
    },
  ],
  notes: [
    '#/import',
    async (page) => {
      await page.locator('[data-import] button').first().click();
      await wait(page, '[data-note]');
    },
  ],
  palette: [
    '#/live',
    async (page) => {
      await page.keyboard.press('Control+k');
      await wait(page, '[data-palette-input]');
      await page.keyboard.type('li');
    },
  ],
  keys: ['#/live', (page) => page.keyboard.press('?')],
  settings: ['#/live', (page) => page.locator('[data-settings]').click()],
  empty: ['?empty#/live', (page) => wait(page, '[data-empty]')],
};

const quick = process.argv.includes('--quick');
const only = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice(7)
  .split(',');
const languages = quick ? ['zh-Hans'] : ['zh-Hans', 'zh-Hant', 'en'];
const themes = quick ? ['light'] : ['light', 'dark'];
const sizes = quick
  ? [[1280, 800]]
  : [
      [1280, 800],
      [1440, 900],
    ];
let faults = 0;

for (const [width, height] of sizes) {
  for (const language of languages) {
    for (const theme of themes) {
      for (const [name, [address, prepare]] of Object.entries(SCREENS)) {
        if (only && !only.includes(name)) continue;
        const page = await context.newPage();
        const title = `${name}-${language}-${theme}-${width}`;
        const complain = (text) => {
          faults += 1;
          console.log(`${title}: ${text}`);
        };
        page.on('pageerror', (error) => complain(`error: ${error.message}`));
        page.on('console', (message) => message.type() === 'error' && complain(`console: ${message.text()}`));
        await page.setViewportSize({ width, height });
        await page.addInitScript((kept) => localStorage.setItem('retrace.settings', JSON.stringify(kept)), {
          language,
          themeChoice: theme,
          singleKeys: true,
        });
        const [query, hash] = address.includes('?') ? address.split('#') : ['', address.slice(1)];
        await page.goto(`${origin}/${query}#${hash}`);
        try {
          await wait(page, 'html[data-ready=true]');
          await prepare(page);
        } catch (error) {
          complain(error.message.split('\n')[0]);
        }
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(OUT, `${title}.png`) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) complain(`${wide} px wider than the window`);
        if (width === sizes[0][0]) {
          await page.evaluate(AXE);
          const { violations } = await page.evaluate(() =>
            window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
          );
          for (const { id, nodes } of violations) {
            const where = nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`);
            complain(`axe ${id} ×${nodes.length}: ${where.join(' | ')}`);
          }
        }
        await page.close();
      }
    }
  }
}
await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });
console.log(`${faults} faults; pictures in ${OUT}`);
process.exitCode = faults > 0 ? 1 : 0;
