// Observers, timerify and histograms.
const { performance, PerformanceObserver, createHistogram, monitorEventLoopDelay, timerify } = require('perf_hooks');
const tell = (f) => { try { console.log(f()); } catch (error) { console.log(error.name, error.code, error.message); } };
console.log(PerformanceObserver.supportedEntryTypes);
tell(() => new PerformanceObserver());
tell(() => new PerformanceObserver(() => {}).observe({}));
tell(() => new PerformanceObserver(() => {}).observe({ entryTypes: ['mark'], type: 'mark' }));
tell(() => new PerformanceObserver(() => {}).observe({ entryTypes: 'mark' }));
tell(() => { const o = new PerformanceObserver(() => {}); o.observe({ type: 'mark' }); o.observe({ entryTypes: ['mark'] }); });
tell(() => performance.measure('m', { start: 1, end: 2, duration: 1 }));
tell(() => performance.measure('m', { start: 1 }, 'x'));
tell(() => performance.measure('m', 'no such mark'));
tell(() => performance.mark('nodeStart'));
tell(() => performance.mark('x', { startTime: -1 }));
const detail = { a: [1] };
const mark = performance.mark('one', { startTime: 5, detail });
console.log(mark, mark.detail !== detail, mark.toJSON());
console.log(performance.measure('span', { start: 'one', duration: 3 }));

const h = createHistogram();
for (const value of [1, 2, 3, 1000]) h.record(value);
console.log(h.count, h.min, h.max, h.mean, h.exceeds, h.percentile(50), h.percentileBigInt(100));
tell(() => h.record(0));
tell(() => h.percentile(0));
tell(() => createHistogram({ figures: 9 }));
const delay = monitorEventLoopDelay();
console.log(delay.enable(), delay.enable(), delay.disable(), delay.disable());

const timed = timerify(function add(a, b) { return a + b; }, { histogram: h });
console.log(timed.name, timed.length, timed(1, 2), h.count);
const observer = new PerformanceObserver((list, self) => {
  console.log(list.getEntries().map((entry) => [entry.entryType, entry.name]), self === observer);
  observer.disconnect();
});
observer.observe({ entryTypes: ['function', 'mark', 'measure'] });
performance.mark('two');
timed(3, 4);
