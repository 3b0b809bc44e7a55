// Settings as objects, as bytes, and between two sessions.
const http2 = require('http2');

console.log(http2.getDefaultSettings());
console.log(http2.getPackedSettings({ initialWindowSize: 70000, enablePush: false, customSettings: { 999: 7 } }).toString('hex'));
console.log(http2.getUnpackedSettings(Buffer.from('00040001117003e700000007', 'hex')));
for (const settings of [{ headerTableSize: -1 }, { maxFrameSize: 1 }, { enablePush: 1 }, { initialWindowSize: 2 ** 31 }]) {
  try {
    http2.getPackedSettings(settings);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
try {
  http2.getUnpackedSettings(Buffer.alloc(5));
} catch (error) {
  console.log(error.name, error.code, error.message);
}

const server = http2.createServer({ settings: { maxConcurrentStreams: 5 } });
server.on('session', (session) => {
  session.on('remoteSettings', (settings) => console.log('server hears', settings.initialWindowSize, settings.enablePush));
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`, { settings: { initialWindowSize: 100000, enablePush: false } });
  console.log(client.pendingSettingsAck, client.connecting, client.type);
  client.once('remoteSettings', (settings) => console.log('client hears', settings.maxConcurrentStreams));
  client.once('localSettings', (settings) => {
    console.log('taken', settings.initialWindowSize, settings.enablePush, client.localSettings.initialWindowSize);
    client.settings({ headerTableSize: 0 }, (error, settings, duration) => {
      console.log('answered', error, settings.headerTableSize, typeof duration);
      client.ping(Buffer.from('12345678'), (error, duration, payload) => {
        console.log('pong', error, typeof duration, payload.toString());
        client.close();
        server.close();
      });
    });
  });
});
