'use strict';

// Modules that tests replace, for require and for import.
if (!process.execArgv.includes('--experimental-test-module-mocks')) {
  const { mock } = require('node:test');
  console.log(typeof mock.module);
  const { spawnSync } = require('node:child_process');
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '--experimental-test-module-mocks', '--test-reporter=dot', __filename], { encoding: 'utf8' });
  console.log(stdout);
} else {
  const { mock } = require('node:test');
  const attempt = (f) => {
    try {
      console.log(f());
    } catch (error) {
      console.log(error.code);
    }
  };
  (async () => {
    attempt(() => mock.module(5));
    attempt(() => mock.module('fs', null));
    attempt(() => mock.module('fs', { cache: 1 }));
    const os = require('node:os');
    const mocked = mock.module('node:os', { namedExports: { cpus: () => ['one'] } });
    attempt(() => mock.module('os'));
    console.log(require('os').cpus(), require('node:os').hostname, require('os') === require('os'));
    console.log((await import('node:os')).cpus(), (await import('node:os')).default.cpus());
    mocked.restore();
    console.log(require('os') === os, (await import('node:os')).default === os);

    mock.module('./mocked-fixture.js', { cache: true, defaultExport: { kept: 1 }, namedExports: { added: 2 } });
    console.log(require('./mocked-fixture.js'), require('./mocked-fixture.js') === require('./mocked-fixture.js'));
    const namespace = await import('./mocked-fixture.js');
    console.log(namespace.default, namespace.added, namespace === await import('./mocked-fixture.js'));
    mock.reset();
    console.log(require('./mocked-fixture.js'));

    mock.module('./mocked-fixture.js', { defaultExport: null, namedExports: { added: 2 } });
    attempt(() => require('./mocked-fixture.js'));
    await import('./mocked-fixture.js').catch((error) => console.log(error.code));
    mock.reset();
  })();
}
