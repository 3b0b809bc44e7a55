// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { try { let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(); f(); } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { let f = () => 1; for (let i = 0; i < 1e5; i++) f = new Proxy(f, {}); f(); } catch (e) { return e instanceof RangeError; } return true; });
