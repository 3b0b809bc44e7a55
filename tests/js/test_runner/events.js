'use strict';
const { spawnSync } = require('child_process');
const run = (...args) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: __dirname, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
  console.log(args.join(' '), status);
  console.log(stdout);
  console.log(stderr);
};
run('--test-reporter', './reporter-fixture.js', 'tree-fixture.js');
run('--test-reporter', './reporter-fixture.js', '--test-name-pattern', 'first', 'tree-fixture.js');
