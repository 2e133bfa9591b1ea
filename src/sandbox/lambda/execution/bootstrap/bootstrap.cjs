// Runs a Node.js handler: Lambda's Runtime API on one side, the function's code on the other. No ES module, and it loads little: both are
// paid at every cold start.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
'use strict';

const { existsSync, readFileSync, writeSync } = require('node:fs');
const { createRequire, register } = require('node:module');
const net = require('node:net');
const path = require('node:path');
const { Writable } = require('node:stream');
const { pathToFileURL } = require('node:url');
const util = require('node:util');

// To a handler, as on Lambda, no module of CommonJS is the main one, nor is there any but its own.
process.mainModule = undefined;
delete require.cache[__filename];

const take = (name, otherwise) => {
  const value = process.env[name] ?? otherwise;
  delete process.env[name];
  return value;
};
const task = take('_PROOFMARK_TASK', '/var/task');
const opt = take('_PROOFMARK_OPT', '/opt');
const libraries = take('_PROOFMARK_LIBRARIES', '');
const [place, prefix] = process.env.AWS_LAMBDA_RUNTIME_API.split(/\/(.*)/s);
const [host, port] = place.split(':');
let agent;
let currentId = '';
let currentContext;
const STREAMS = Symbol('streams');

// An answer that goes out piece by piece. It is opened with the first piece, when its content type is known.
class ResponseStream extends Writable {
  #request;
  #ended;
  #type = 'application/octet-stream';

  constructor(id) {
    super({ highWaterMark: 64 * 1024 });
    this.id = id;
  }

  setContentType(type) {
    this.#type = type;
  }

  #open() {
    if (this.#request) return this.#request;
    const http = require('node:http');
    agent ??= new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.#request = http.request({
      host, port, method: 'POST', agent,
      path: `${prefix ? '/' + prefix : ''}/2018-06-01/runtime/invocation/${this.id}/response`,
      headers: {
        'content-type': this.#type,
        'lambda-runtime-function-response-mode': 'streaming',
        'transfer-encoding': 'chunked',
        trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
      },
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#request.on('response', (response) => response.resume().on('end', resolve));
      this.#request.on('error', reject);
    });
    // Whoever waits for the end is told; nobody else has to care.
    this.#ended.catch(() => {});
    return this.#request;
  }

  _write(chunk, encoding, done) {
    this.#open().write(chunk, encoding, done);
  }

  _final(done) {
    this.#open().end(done);
  }

  get begun() {
    return this.#request !== undefined;
  }

  async finished() {
    if (!this.writableEnded) this.end();
    this.#open();
    await this.#ended;
  }

  // Ends the stream with an error, told in the trailers.
  async broken(error) {
    const payload = describe(error);
    const body = Buffer.from(JSON.stringify(payload)).toString('base64');
    const request = this.#open();
    // What was written before comes before the end.
    if (!this.writableEnded) await new Promise((done) => this.write(Buffer.alloc(0), done));
    request.addTrailers({
      'Lambda-Runtime-Function-Error-Type': encodeURIComponent(payload.errorType),
      'Lambda-Runtime-Function-Error-Body': body,
    });
    request.end();
    await this.#ended;
  }
}

// https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[STREAMS] = options?.highWaterMark ?? true;
    return handler;
  },
  HttpResponseStream: class {
    static from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.write(JSON.stringify(prelude));
      stream.write(new Uint8Array(8));
      return stream;
    }
  },
};

// A connection to the Runtime API, on which calls follow one another. `node:http` would take longer for the two calls of an invocation than
// all else does.
class Line {
  #socket = net.connect({ host, port, noDelay: true });
  #waiting;
  #parts = [];
  #size = 0;
  #whole = 0;
  broken = false;

  constructor() {
    this.#socket.on('data', (part) => this.#take(part));
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error('the Runtime API closed the connection')));
  }

  get busy() {
    return this.#waiting !== undefined;
  }

  call(method, route, body, headers) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.ref();
      let head = `${method} ${prefix ? '/' + prefix : ''}/2018-06-01/runtime/${route} HTTP/1.1\r\nhost: ${place}\r\n`;
      for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
      this.#socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  // Hands on an answer that is there as a whole. All of them tell their length.
  #take(part) {
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size < this.#whole) return;
    const all = this.#parts.length === 1 ? part : Buffer.concat(this.#parts);
    this.#parts = [all];
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = {};
    for (const line of all.latin1Slice(0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    this.#whole = end + 4 + Number(headers['content-length'] ?? 0);
    if (this.#size < this.#whole) return;
    const answer = { headers, body: all.utf8Slice(end + 4, this.#whole) };
    const { resolve } = this.#waiting;
    this.#parts = [];
    this.#size = this.#whole = 0;
    this.#waiting = undefined;
    // An open connection is nothing that a handler still has to do.
    this.#socket.unref();
    resolve(answer);
  }

  #break(error) {
    this.broken = true;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

let line;

function call(method, route, body = '', headers = {}) {
  if (!line || line.broken) line = new Line();
  // What goes wrong between two invocations is told while the next one is waited for.
  const free = line.busy ? new Line() : line;
  return free.call(method, route, body, headers);
}

// Several lines as one event of the log; the marks are taken out by the sandbox.
const eventText = (text) => writeSync(1, `\x1e${text.replaceAll('\x1f', '')}\x1f\n`);
const asSeen = (text) => (task === '/var/task' ? text : text.replaceAll(task, '/var/task'));

const json = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const least = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL);

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
function record(level, values) {
  const told = (error) => ({
    errorType: error.constructor?.name ?? 'UnknownError', errorMessage: asSeen(error.message), stackTrace: asSeen(String(error.stack)).split('\n'),
  });
  const out = { timestamp: new Date().toISOString(), level, requestId: currentId || undefined };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...out, message: values[0] }, (_, value) => (value instanceof Error ? told(value) : value));
    } catch {
      // What is no JSON is shown as plain text shows it.
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...out, message: util.format(...values), ...(error && told(error)) });
}

for (const [name, level] of [['log', 'INFO'], ['info', 'INFO'], ['debug', 'DEBUG'], ['trace', 'TRACE'], ['warn', 'WARN'], ['error', 'ERROR']]) {
  console[name] = (...values) => {
    if (LEVELS.indexOf(level) < least) return;
    eventText(json ? record(level, values) : `${new Date().toISOString()}\t${currentId || 'undefined'}\t${level}\t${util.format(...values)}`);
  };
}

function describe(error) {
  const trace = asSeen(String(error?.stack ?? error)).split('\n');
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: asSeen(error.message), trace };
  }
  return { errorType: typeof error, errorMessage: error?.toString?.() ?? String(error), trace: [] };
}

function note(error, label) {
  const payload = describe(error);
  if (json) {
    eventText(record('ERROR', [error]));
    return payload;
  }
  const own = error instanceof Error ? Object.fromEntries(Object.entries(error).filter(([key]) => key !== 'name')) : {};
  const shown = JSON.stringify({ errorType: payload.errorType, errorMessage: payload.errorMessage, ...own, stack: payload.trace });
  eventText(`${new Date().toISOString()}\t${currentId || 'undefined'}\tERROR\t${label} \t${shown}`);
  return payload;
}

async function report(route, error, label) {
  const payload = note(error, label);
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
    if (file.endsWith('.mjs') || (file.endsWith('.js') && isModule(file))) {
      hookImports();
      module = await import(pathToFileURL(file).href);
    } else {
      const require = createRequire(pathToFileURL(file));
      if (imports(file)) hookImports();
      module = require(file);
      const own = (name) => name.startsWith(task) || name.startsWith(opt);
      if (Object.keys(require.cache).some((name) => own(name) && /\.c?js$/.test(name) && imports(name))) hookImports();
    }
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
    const parsed = (name) => (fields[name] ? JSON.parse(fields[name]) : undefined);
    const context = {
      get callbackWaitsForEmptyEventLoop() { return waits; },
      set callbackWaitsForEmptyEventLoop(value) { waits = value; },
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: parsed('lambda-runtime-client-context'),
      identity: parsed('lambda-runtime-cognito-identity'),
      invokedFunctionArn: fields['lambda-runtime-invoked-function-arn'],
      awsRequestId: fields['lambda-runtime-aws-request-id'],
      getRemainingTimeInMillis: () => deadline - Date.now(),
      done,
      succeed: (value) => done(null, value),
      fail: (error) => done(error ?? 'handled'),
    };
    currentContext = context;
    if (handler[STREAMS]) {
      const stream = new ResponseStream(context.awsRequestId);
      Promise.resolve()
        .then(() => handler(event, stream, context))
        .then(() => stream.finished())
        .then(() => resolve(STREAMS), async (error) => {
          if (!stream.begun) return reject(error);
          note(error, 'Invoke Error');
          await stream.broken(error);
          resolve(STREAMS);
        });
      return;
    }
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

const imports = (file) => /\bimport\s*\(/.test(readFileSync(file, 'utf8'));

let hooked = false;

// `import` knows nothing of NODE_PATH, so that what layers and the runtime bring is looked for here, after the package's own. The hooks run
// in a thread of their own, which costs as much as Node.js itself: nothing that is required needs them.
function hookImports() {
  const folders = [`${opt}/nodejs/node_modules`, ...(libraries ? [libraries] : [])].filter((place) => existsSync(place));
  if (hooked || folders.length === 0) return;
  hooked = true;
  const source = `
    import { createRequire } from 'node:module';
    import { pathToFileURL } from 'node:url';
    let folders;
    export async function initialize(data) { folders = data; }
    export async function resolve(specifier, context, next) {
      try {
        return await next(specifier, context);
      } catch (error) {
        if (error?.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
        for (const folder of folders) {
          // As if it were imported from beside the folder.
          try { return await next(specifier, { ...context, parentURL: pathToFileURL(folder + '/../x.mjs').href }); } catch {}
          try { return await next(pathToFileURL(createRequire(folder + '/../x.js').resolve(specifier)).href, context); } catch {}
        }
        throw error;
      }
    }`;
  register?.(`data:text/javascript,${encodeURIComponent(source)}`, { data: folders });
}

async function serve() {
  let handler;
  // Handlers are loaded after what the main script had to do, as from an ES module.
  await undefined;
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
      if (value === STREAMS) continue;
      await call('POST', `${route}response`, JSON.stringify(value === undefined ? null : value), { 'content-type': 'application/json' });
    } catch (error) {
      await report(`${route}error`, error, 'Invoke Error');
    }
  }
}

serve().catch((error) => {
  // Where the Runtime API is gone, nobody is left to tell.
  if (line?.broken) process.exit(1);
  throw error;
});
