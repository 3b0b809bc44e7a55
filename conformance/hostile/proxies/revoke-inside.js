// out: 5
// out: true
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let r;
const h = { get(t, k) { r.revoke(); return 5; }, has() { r.revoke(); return true; }, ownKeys() { r.revoke(); return ['a']; } };
r = Proxy.revocable({}, h); T(() => r.proxy.a);
r = Proxy.revocable({}, h); T(() => 'a' in r.proxy);
r = Proxy.revocable({}, h); T(() => Object.keys(r.proxy).length);
r = Proxy.revocable([1, 2, 3], { get(t, k) { if (k === '1') r.revoke(); return t[k]; } }); T(() => [...r.proxy].length);
