// out: TypeError
// out: Error
// out: TypeError
// out: [7,7,7]
// out: [1]
// out: {"a":1}
// out: 1
// out: {
// out:    "a": []
// out: }
// out: TypeError
// out: "\ud800\""
// out: {"z":{"k":"z"}}

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const c = {}; c.c = c;
T(() => JSON.stringify(c));
T(() => JSON.stringify({ get a() { throw new Error('getter'); } }));
T(() => JSON.stringify(new Proxy({}, { ownKeys() { return ['a', 'a']; } })));
T(() => JSON.stringify(new Proxy([], { get(t, k) { return k === 'length' ? 3 : k === 'toJSON' ? undefined : 7; } })));
T(() => { const a = [1, 2, 3]; return JSON.stringify(a, (k, v) => { a.length = 1; return v; }); });
T(() => JSON.stringify({ a: 1, b: 2 }, [{ toString() { return 'b'; } }, new String('a'), 1, Symbol()]));
T(() => JSON.stringify(1, null, { valueOf() { return 2; } }));
T(() => JSON.stringify({ a: [] }, null, new Number(3)));
T(() => JSON.stringify(Object(1n)));
T(() => JSON.stringify('\ud800"'));
T(() => { const o = { toJSON(k) { return { toJSON: o.toJSON, k }; } }; return JSON.stringify({ z: o }); });
