// DOMException.
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
const e = new DOMException('message', 'AbortError');
console.log(e.name, e.message, e.code, String(e), e instanceof Error, e instanceof DOMException, Object.prototype.toString.call(e), e.stack.split('\n')[0], require('util').types.isNativeError(e));
console.log(new DOMException().name, new DOMException().message === '', new DOMException('a', { name: 'X', cause: 5 }).cause, 'cause' in new DOMException('a', { name: 'X' }), new DOMException(5, 6).name, new DOMException('a', null).name);
for (const name of ['IndexSizeError', 'NotFoundError', 'DataCloneError', 'TimeoutError', 'QuotaExceededError', 'Other', 'InUseAttributeError']) console.log(name, new DOMException('', name).code);
console.log(Object.keys(DOMException).length, DOMException.ABORT_ERR, DOMException.prototype.DATA_CLONE_ERR, Object.keys(DOMException.prototype).slice(0, 4), Object.keys(e));
class Sub extends DOMException {}
console.log(new Sub('x', 'Y') instanceof Sub, new Sub('x', 'Y').name);
attempt(() => DOMException());
attempt(() => DOMException.prototype.name);
attempt(() => new DOMException(Symbol()));
