'use strict';
// Marks and measures, and the clock they are on.
const { performance: same } = require('perf_hooks');
console.log(performance === same, performance.now() > 0, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);
performance.mark('a', { startTime: 10, detail: { x: 1 } });
performance.mark('b', { startTime: 30 });
console.log(performance.measure('m', 'a', 'b'), performance.getEntriesByName('a'));
console.log(performance.measure('o', { start: 5, duration: 7 }).toJSON());
console.log(performance.getEntries().map((entry) => entry.name), performance.getEntriesByType('measure').length);
performance.clearMarks('a');
performance.clearMeasures();
console.log(performance.getEntries().map((entry) => entry.name));
try {
  performance.measure('x', 'none');
} catch (error) {
  console.log(error.name, error.message);
}
console.log(navigator.language, navigator.languages, navigator.userAgent, navigator.platform, Object.prototype.hasOwnProperty.call(globalThis, 'navigator'));
console.log(require('sys') === require('util'), require('constants').SIGINT, require('constants').O_RDONLY, require('tty').isatty(-1), require('tty').isatty('x'));
