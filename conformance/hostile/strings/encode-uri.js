// out: 900000
// out: URIError
// out: URIError
// out: URIError
// out: 600000
// out: 400000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => encodeURIComponent('\u20ac'.repeat(1e5)).length);
T(() => encodeURIComponent('\ud800'));
T(() => decodeURIComponent('%E2%82'));
T(() => decodeURIComponent('%'.repeat(1e5)));
T(() => escape('\u20ac'.repeat(1e5)).length);
T(() => unescape('%u20'.repeat(1e5)).length);
