// out: true
// out: 4
// out: true
// out: true
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const t = new EventTarget(); let n = 0;
t.addEventListener('a', function f() { if (n++ < 3) t.dispatchEvent(new Event('a')); });
T(() => t.dispatchEvent(new Event('a'))); console.log(n);
const ev = new Event('a'); t.addEventListener('b', () => {});
t.addEventListener('a', () => { T(() => t.dispatchEvent(ev)); }, { once: true });
n = 9; T(() => t.dispatchEvent(ev));
T(() => t.dispatchEvent({}));
T(() => t.addEventListener('x', 5));
T(() => new Event());
