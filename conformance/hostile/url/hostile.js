// out: TypeError
// out: TypeError
// out: true
// out: /
// out: TypeError
// out: http://a/
// out: b=2
// out: TypeError
// out: Error
// out: true
// out: 1000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new URL('x'));
T(() => new URL('http://[::1'));
T(() => new URL('http://a'.repeat(1000)).host.length > 0);
T(() => new URL('http://a/' + '../'.repeat(1e4)).pathname);
T(() => new URL('http://xn--'));
T(() => { const u = new URL('http://a/?x'); u.searchParams.forEach((v, k, p) => p.delete(k)); return u.href; });
T(() => { const p = new URLSearchParams('a=1&b=2&c=3'); for (const [k] of p) p.delete(k); return String(p); });
T(() => new URLSearchParams([[1]]));
T(() => new URLSearchParams({ get a() { throw new Error('a'); } }));
T(() => require('url').parse('http://a'.repeat(1e4)).href.length > 0);
T(() => require('querystring').parse('a&'.repeat(1e5)).a.length);
