// Opens pages in headless Chromium at several widths, and prints what it saw of each: complaints of its console, requests that
// left the folder, and how far the page is wider than the window. It speaks the DevTools protocol over a pipe, hence needs no packages.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [chromium, profile, pictures, widths, ...pages] = process.argv.slice(2);
const browser = spawn(chromium, [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-extensions', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
let said = '';
browser.stderr.on('data', text => { said += text; });
browser.on('exit', code => { if (!done) { console.error(`chromium ended with ${code}: ${said}`); process.exit(1); } });

let done = false, last = 0, held = '';
const waiting = new Map(), hearers = new Set();
browser.stdio[4].on('data', bytes => {
  held += bytes;
  for (let end; (end = held.indexOf('\0')) >= 0; held = held.slice(end + 1)) {
    const message = JSON.parse(held.slice(0, end));
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      message.error ? reject(Error(JSON.stringify(message.error))) : resolve(message.result);
    } else for (const hear of hearers) hear(message);
  }
});
const call = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
  waiting.set(++last, { resolve, reject });
  browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
});

async function look(page, width) {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const seen = { complaints: [], outside: [], overflow: 0, text: 0 };
  let loaded;
  const load = new Promise(resolve => { loaded = resolve; });
  const hear = ({ sessionId: from, method, params }) => {
    if (from !== sessionId) return;
    if (method === 'Log.entryAdded') seen.complaints.push(`${params.entry.level}: ${params.entry.text}`);
    if (method === 'Runtime.consoleAPICalled') seen.complaints.push(`console.${params.type}`);
    if (method === 'Runtime.exceptionThrown') seen.complaints.push(params.exceptionDetails.text);
    if (method === 'Network.requestWillBeSent' && !/^(file|data):/.test(params.request.url)) seen.outside.push(params.request.url);
    if (method === 'Network.loadingFailed') seen.complaints.push(`not loaded: ${params.errorText}`);
    if (method === 'Page.loadEventFired') loaded();
  };
  hearers.add(hear);
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await call(`${domain}.enable`, {}, sessionId);
  await call('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false }, sessionId);
  await call('Page.navigate', { url: pathToFileURL(page).href }, sessionId);
  await load;
  const measure = `JSON.stringify({ overflow: document.documentElement.scrollWidth - innerWidth, text: document.body.innerText.length,
    shown: [...document.querySelectorAll('.state')].filter(e => !e.hidden).map(e => e.className.replace('state ', '')) })`;
  const { result } = await call('Runtime.evaluate', { expression: measure }, sessionId);
  Object.assign(seen, JSON.parse(result.value));
  for (const scheme of ['light', 'dark']) {
    await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] }, sessionId);
    const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true }, sessionId);
    const name = page.split('/').slice(-2).join('-').replace('.html', '');
    fs.writeFileSync(`${pictures}/${name}-${width}-${scheme}.png`, Buffer.from(data, 'base64'));
  }
  hearers.delete(hear);
  await call('Target.closeTarget', { targetId });
  return seen;
}

const seen = {};
for (const page of pages) {
  seen[page] = {};
  for (const width of widths.split(',').map(Number)) seen[page][width] = await look(page, width);
}
done = true;
await call('Browser.close').catch(() => {});
process.stdout.write(JSON.stringify(seen), () => process.exit(0));
