// A pushed stream beside its response.
const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream) => {
  console.log('may push', stream.pushAllowed);
  stream.pushStream({ ':path': '/pushed' }, (error, push, headers) => {
    console.log('pushes', error, headers[':path'], headers[':method'], push.id);
    try {
      push.pushStream({}, () => {});
    } catch (error) {
      console.log(error.code);
    }
    push.respond({ 'x-pushed': 'yes' });
    push.end('pushed body');
  });
  stream.respond();
  stream.end('main body');
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const done = new Set();
  const finish = (name, text) => {
    done.add(`${name}: ${text}`);
    if (done.size === 2) {
      console.log([...done].sort().join('\n'));
      client.close();
      server.close();
    }
  };
  const read = (name, stream) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => (text += chunk));
    stream.on('end', () => finish(name, text));
  };
  client.on('stream', (stream, headers) => {
    console.log('promised', stream.id, headers[':path']);
    stream.on('push', (headers) => console.log('push', headers[':status'], headers['x-pushed']));
    read('pushed', stream);
  });
  read('main', client.request({ ':path': '/' }));
});
