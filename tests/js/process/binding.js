'use strict';
// The internals that packages still read by process.binding, and the children they follow by replacing spawn there.
const natives = process.binding('natives');
console.log(['fs', 'path', 'http', 'timers/promises'].map((name) => typeof natives[name]));
const constants = process.binding('constants');
console.log(constants.os.signals.SIGINT, constants.fs.O_RDONLY, constants.zlib.Z_FINISH, typeof constants.crypto.RSA_PKCS1_PADDING);
console.log(process.binding('constants') === constants);
const uv = process.binding('uv');
console.log(uv.UV_ENOENT, uv.errname(uv.UV_ENOENT), uv.getErrorMap().get(uv.UV_EACCES));
const util = process.binding('util');
console.log(util.isDate(new Date()), util.isRegExp('a'), util.isMap(new Map()));
console.log(process.binding('config').bits);
for (const name of ['nope', undefined, 5]) {
  try {
    process.binding(name);
  } catch (error) {
    console.log(error.name, error.message);
  }
}

const { execFileSync, spawnSync } = require('child_process');
const binding = process.binding('spawn_sync');
const original = binding.spawn;
binding.spawn = function spawn(options) {
  console.log('spawn', options.args.slice(1), Array.isArray(options.envPairs));
  options.envPairs = [...options.envPairs, 'ADDED=by the wrapper'];
  return original.call(this, options);
};
console.log(execFileSync('/bin/sh', ['-c', 'echo $ADDED']).toString());
binding.spawn = original;
console.log(JSON.stringify(spawnSync('/bin/sh', ['-c', 'echo $ADDED']).stdout.toString()));
console.log(spawnSync('/nonexistent/program', ['a']).error.spawnargs);
