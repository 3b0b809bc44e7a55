// out: 1
// out: undefined
// out: Error
// out: RangeError
// out: undefined

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => JSON.parse('[1,2,3]', function (k, v) { if (k === '0') this.length = 0; return v; }).length);
T(() => JSON.parse('{"a":1,"b":2}', function (k, v) { if (k === 'a') delete this.b; return v; }).b);
T(() => JSON.parse('[1,2]', function (k, v) { if (k === '0') this[1] = new Proxy([], { get() { throw new Error('trap'); } }); return v; }));
T(() => JSON.parse('[1,2]', function (k, v) { if (k === '0') this[1] = this; return v; }));
T(() => JSON.parse('{"a":{"b":1}}', function (k, v) { Object.freeze(this); return 5; }).a);
