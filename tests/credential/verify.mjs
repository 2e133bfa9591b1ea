// Verifies credentials with the Digital Credentials Consortium's verifier. Whatever it would fetch is served from a folder;
// nothing else can be reached.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [tools, folder, ...files] = process.argv.slice(2);
const entry = `${tools}/node_modules/@digitalcredentials/verifier-core/dist/index.js`;
const { verifyCredential } = await import(pathToFileURL(entry));

const site = 'https://labs.example.org/badges';
const entryOf = { name: 'Example', location: 'Anywhere', url: 'https://labs.example.org' };

globalThis.fetch = async request => {
  const url = String(request.url ?? request);
  if (url === `${site}/registry.json`) {
    const registry = Object.fromEntries(issuers.map(id => [id, entryOf]));
    return Response.json({ meta: { created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' }, registry });
  }
  if (!url.startsWith(`${site}/`)) throw Error(`nothing else is served: ${url}`);
  return new Response(fs.readFileSync(folder + url.slice(site.length)), { headers: { 'content-type': 'application/json' } });
};
// Its complaints about the schema, which it would fetch from its publisher, are no result.
console.log = console.error = () => {};

const credentials = files.map(name => [name, JSON.parse(fs.readFileSync(name))]);
const issuers = [...new Set(credentials.map(([, credential]) => credential.issuer.id))];
const knownDIDRegistries = [{ name: 'Test', type: 'dcc-legacy', url: `${site}/registry.json` }];

async function said(credential) {
  try {
    const result = await verifyCredential({ credential, knownDIDRegistries });
    // One that begins later has an error, and no step of the log that says so.
    if (result.error) return String(result.error);
    if (result.errors?.length || !result.log) return JSON.stringify(result.errors ?? 'no log');
    const wrong = result.log.filter(step => step.valid !== true);
    return wrong.length ? JSON.stringify(wrong) : 'accepted';
  } catch (error) {
    return String(error);
  }
}

const verdicts = {};
for (const [name, credential] of credentials) verdicts[name] = await said(credential);
process.stdout.write(JSON.stringify(verdicts));
