'use strict';
// Children that are started, and one that cannot be.
const dc = require('diagnostics_channel');
for (const name of ['child_process', 'tracing:child_process.spawn:start', 'tracing:child_process.spawn:end', 'tracing:child_process.spawn:error']) {
  dc.subscribe(name, (message) => console.log(name, Object.keys(message), message.process.constructor.name, message.error?.code));
}
const { spawn } = require('child_process');
spawn(process.execPath, ['-e', '0']).on('close', () => {
  spawn('/no/such/program').on('error', (error) => console.log(error.code));
});
