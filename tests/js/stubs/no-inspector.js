'use strict';
// Programs ask whether they are being debugged, or measured, and go on.
for (const name of ['inspector', 'inspector/promises']) {
  const inspector = require(name);
  console.log(inspector.url(), inspector.close());
  try {
    inspector.waitForDebugger();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const v8 = require('v8');
console.log(v8.takeCoverage(), v8.stopCoverage());
