// fetch against a server: redirects, aborts, broken connections, encodings, streams both ways.
const http = require('node:http');
const zlib = require('node:zlib');

const routes = {
  '/hang': () => {},
  '/close': (request) => request.socket.destroy(),
  '/part': (request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('abc');
    setTimeout(() => request.socket.destroy(), 30);
  },
  '/loop': (request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/redirect': (request, response) => response.writeHead(302, { location: '/echo#there' }).end('moved'),
  '/see-other': (request, response) => response.writeHead(303, { location: '/echo' }).end(),
  '/keep-method': (request, response) => response.writeHead(307, { location: '/echo' }).end(),
  '/nowhere': (request, response) => response.writeHead(302).end('no location'),
  '/gzip': (request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync('zipped')),
  '/deflate': (request, response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(zlib.deflateRawSync('deflated')),
  '/both': (request, response) => response.writeHead(200, { 'content-encoding': 'deflate, gzip' }).end(zlib.gzipSync(zlib.deflateSync('twice'))),
  '/not-gzip': (request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
  '/empty': (request, response) => response.writeHead(204).end(),
  '/endless': (request, response) => {
    response.write('a');
    const timer = setInterval(() => response.write('b'), 10);
    response.on('close', () => clearInterval(timer));
  },
  '/echo': (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(`${request.method} ${request.headers['content-type']} ${request.headers['transfer-encoding'] ?? request.headers['content-length']} ${Buffer.concat(chunks)}`);
    });
  },
};

const server = http.createServer((request, response) => routes[request.url](request, response)).listen(0, async () => {
  const base = `http://localhost:${server.address().port}`;
  const attempt = async (name, body) => {
    try {
      console.log(name, await body());
    } catch (error) {
      console.log(name, 'throws', error.name, error.message, error.cause ? [error.cause.name, error.cause.code, error.cause.message] : '');
    }
  };
  const shown = async (response) => [response.status, response.statusText, response.redirected, response.url.replace(base, ''), response.type, await response.text()];
  await attempt('timeout', () => fetch(base + '/hang', { signal: AbortSignal.timeout(50) }));
  await attempt('abort', () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('mine')), 20);
    return fetch(base + '/hang', { signal: controller.signal });
  });
  await attempt('close', () => fetch(base + '/close'));
  await attempt('part', async () => (await fetch(base + '/part')).text());
  await attempt('loop', () => fetch(base + '/loop'));
  await attempt('redirect', async () => shown(await fetch(base + '/redirect')));
  await attempt('redirect of POST', async () => shown(await fetch(base + '/redirect', { method: 'POST', body: 'x' })));
  await attempt('see other', async () => shown(await fetch(base + '/see-other', { method: 'PUT', body: 'x' })));
  await attempt('keep method', async () => shown(await fetch(base + '/keep-method', { method: 'PUT', body: 'x' })));
  await attempt('manual', async () => shown(await fetch(base + '/redirect', { redirect: 'manual' })));
  await attempt('refused redirect', () => fetch(base + '/redirect', { redirect: 'error' }));
  await attempt('nowhere', async () => shown(await fetch(base + '/nowhere')));
  await attempt('gzip', async () => shown(await fetch(base + '/gzip')));
  await attempt('deflate', async () => shown(await fetch(base + '/deflate')));
  await attempt('both', async () => shown(await fetch(base + '/both')));
  await attempt('not gzip', async () => shown(await fetch(base + '/not-gzip')));
  await attempt('empty', async () => {
    const response = await fetch(base + '/empty');
    return [response.status, response.body, await response.text()];
  });
  await attempt('head', async () => shown(await fetch(base + '/echo', { method: 'HEAD' })));
  await attempt('cookies', async () => (await fetch(base + '/echo')).headers.getSetCookie());
  await attempt('json', async () => shown(await fetch(base + '/echo', { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'Content-Type': 'application/json' } })));
  await attempt('parameters', async () => shown(await fetch(base + '/echo', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })));
  await attempt('stream', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const text of ['one ', 'two ', 'three']) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    });
    return shown(await fetch(base + '/echo', { method: 'POST', body, duplex: 'half' }));
  });
  await attempt('async iterable', async () => {
    async function* body() {
      yield Buffer.from('x');
      yield Buffer.from('y');
    }
    return shown(await fetch(base + '/echo', { method: 'POST', body: body(), duplex: 'half' }));
  });
  await attempt('abort of a body', async () => {
    const controller = new AbortController();
    const response = await fetch(base + '/endless', { signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    return response.text();
  });
  await attempt('cancelled body', async () => {
    const response = await fetch(base + '/endless');
    await response.body.cancel();
    return response.bodyUsed;
  });
  await attempt('chunks', async () => {
    let text = '';
    for await (const chunk of (await fetch(base + '/echo')).body) text += chunk.constructor.name + Buffer.from(chunk);
    return text;
  });
  await attempt('clone', async () => {
    const response = await fetch(base + '/echo');
    const copy = response.clone();
    return [await response.text(), await copy.text()];
  });
  await attempt('a large body', async () => {
    const bytes = new Uint8Array(1 << 20).fill(97);
    return (await (await fetch(base + '/echo', { method: 'POST', body: bytes })).text()).length;
  });
  server.close();
  server.closeAllConnections();
});
