// Runs a Node.js handler: Lambda's Runtime API on one side, the function's code on the other.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
import { existsSync, readFileSync, writeSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

const take = (name, otherwise) => {
  const value = process.env[name] ?? otherwise;
  delete process.env[name];
  return value;
};
const task = take('_PROOFMARK_TASK', '/var/task');
take('_PROOFMARK_OPT', '/opt');
take('_PROOFMARK_LIBRARIES', '');
const [place, prefix] = process.env.AWS_LAMBDA_RUNTIME_API.split(/\/(.*)/s);
const [host, port] = place.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let currentId = '';

function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const target = `${prefix ? '/' + prefix : ''}/2018-06-01/runtime/${route}`;
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const request = http.request(
      { host, port, method, path: target, agent, headers: { ...headers, 'content-length': length } },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString('utf8') }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.setTimeout(0);
    request.end(body);
  });
}

// Several lines as one event of the log; the marks are taken out by the sandbox.
const eventText = (text) => writeSync(1, `\x1e${text.replaceAll('\x1f', '')}\x1f\n`);
const asSeen = (text) => (task === '/var/task' ? text : text.replaceAll(task, '/var/task'));

for (const [name, level] of [['log', 'INFO'], ['info', 'INFO'], ['debug', 'DEBUG'], ['trace', 'TRACE'], ['warn', 'WARN'], ['error', 'ERROR']]) {
  console[name] = (...values) =>
    eventText(`${new Date().toISOString()}\t${currentId || 'undefined'}\t${level}\t${util.format(...values)}`);
}

function describe(error) {
  const trace = asSeen(String(error?.stack ?? error)).split('\n');
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: asSeen(error.message), trace };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function report(route, error, label) {
  const payload = describe(error);
  eventText(`${new Date().toISOString()}\t${currentId || 'undefined'}\tERROR\t${label}\t${JSON.stringify({ ...payload, trace: undefined, stack: payload.trace })}`);
  await call('POST', route, JSON.stringify(payload), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': encodeURIComponent(payload.errorType),
  });
}

function named(name, message, stack) {
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = `${name}: ${stack}`;
  return error;
}

async function load(handler) {
  const base = path.basename(handler);
  const match = base.match(/^([^.]*)\.(.*)$/s);
  if (!match) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const stem = path.join(task, handler.slice(0, handler.length - base.length), match[1]);
  const file = ['.js', '.mjs', '.cjs', ''].map((end) => stem + end).find((name) => existsSync(name));
  let module;
  try {
    if (!file) {
      throw Object.assign(new Error(`Cannot find module '${match[1]}'\nRequire stack:\n- /var/runtime/index.mjs`), { code: 'MODULE_NOT_FOUND' });
    }
    module = file.endsWith('.mjs') || (file.endsWith('.js') && isModule(file))
      ? await import(pathToFileURL(file).href)
      : createRequire(pathToFileURL(file))(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', String(error), error.stack);
    if (['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(error?.code)) {
      throw named('Runtime.ImportModuleError', `Error: ${asSeen(error.message)}`, error.stack);
    }
    throw error;
  }
  const names = match[2].split('.');
  const find = (from) => names.reduce((value, name) => value?.[name], from);
  const found = find(module) ?? find(module.default);
  if (found === undefined) throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found;
}

function isModule(file) {
  for (let folder = path.dirname(file); folder.startsWith(task); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) {
      try {
        return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
      } catch {
        return false;
      }
    }
  }
  return false;
}

function invoke(handler, event, fields) {
  return new Promise((resolve, reject) => {
    const deadline = Number(fields['lambda-runtime-deadline-ms']);
    let settled = false;
    let waits = true;
    let outcome;
    const finish = () => {
      if (!settled) {
        settled = true;
        outcome();
      }
    };
    // Where the handler answers through a callback, Lambda waits for an empty event loop unless it is told not to.
    const done = (error, value) => {
      outcome ??= () => (error !== undefined && error !== null ? reject(error) : resolve(value));
      if (waits) process.once('beforeExit', finish);
      else setImmediate(finish);
    };
    const context = {
      awsRequestId: fields['lambda-runtime-aws-request-id'],
      invokedFunctionArn: fields['lambda-runtime-invoked-function-arn'],
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: fields['lambda-runtime-client-context'] ? JSON.parse(fields['lambda-runtime-client-context']) : undefined,
      identity: undefined,
      getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
      done,
      succeed: (value) => done(null, value),
      fail: (error) => done(error ?? new Error('failed')),
      set callbackWaitsForEmptyEventLoop(value) { waits = value; },
      get callbackWaitsForEmptyEventLoop() { return waits; },
    };
    try {
      const result = handler(event, context, done);
      if (typeof result?.then === 'function') {
        result.then(
          (value) => { settled = true; resolve(value); },
          (error) => { settled = true; reject(error); },
        );
      } else if (handler.length < 3) {
        // A handler without a callback that is not async answers null once nothing is left to do.
        process.once('beforeExit', () => {
          outcome ??= () => resolve(null);
          finish();
        });
      } else {
        process.once('beforeExit', () => {
          outcome ??= () => resolve(null);
          finish();
        });
      }
    } catch (error) {
      settled = true;
      reject(error);
    }
  });
}

for (const [event, name] of [['uncaughtException', 'Runtime.UncaughtException'], ['unhandledRejection', 'Runtime.UnhandledPromiseRejection']]) {
  process.on(event, async (error) => {
    const shown = event === 'uncaughtException' ? error : named(name, String(error), error?.stack);
    const route = currentId ? `invocation/${currentId}/error` : 'init/error';
    await report(route, shown, event === 'uncaughtException' ? 'Uncaught Exception' : 'Unhandled Promise Rejection').catch(() => {});
    process.exit(event === 'uncaughtException' ? 129 : 128);
  });
}

let handler;
try {
  handler = await load(process.env._HANDLER);
} catch (error) {
  await report('init/error', error, 'Uncaught Exception');
  process.exit(1);
}
for (;;) {
  currentId = '';
  const { headers, body } = await call('GET', 'invocation/next');
  currentId = headers['lambda-runtime-aws-request-id'];
  if (headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  const route = `invocation/${currentId}/`;
  try {
    const value = await invoke(handler, JSON.parse(body), headers);
    await call('POST', `${route}response`, JSON.stringify(value === undefined ? null : value), { 'content-type': 'application/json' });
  } catch (error) {
    await report(`${route}error`, error, 'Invoke Error');
  }
}
