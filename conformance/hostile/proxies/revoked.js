// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: function
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: DataCloneError
// out: TypeError
// out: made
// out: <Revoked Proxy>
// out: <Revoked Proxy>
// out: undefined

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { proxy, revoke } = Proxy.revocable(function () {}, {}); revoke();
for (const f of [() => proxy.x, () => { proxy.x = 1; }, () => proxy(), () => new proxy(), () => Object.keys(proxy), () => typeof proxy, () => Array.isArray(proxy), () => proxy instanceof Object, () => `${proxy}`, () => JSON.stringify(proxy), () => Object.prototype.toString.call(proxy), () => structuredClone(proxy), () => [].concat(proxy), () => new Proxy(proxy, {}) && 'made', () => require('util').inspect(proxy), () => console.log(proxy)]) T(f);
