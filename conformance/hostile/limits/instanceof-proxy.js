// flags: --max-fuel=1000000
// oneof: 0 122

const p = new Proxy({}, { getPrototypeOf() { return p; } }); try { p instanceof Array; } catch {}
