const assert = require('assert');
const say = (f) => { try { f(); console.log('ok'); } catch (e) { console.log(`${e.name} ${e.generatedMessage} ${e.operator} ${e.actual} ${e.expected}\n${e.message}\n---`); } };
say(() => assert(true)); say(() => assert.ok(1)); say(() => assert.strict(true)); say(() => assert.strict.ok('x'));
say(() => assert(0));
say(() => assert.ok(null));
say(() => assert.ok(undefined, undefined));
say(() => assert.equal.call(null, 1, 1));
say(() => assert(false, 'message')); say(() => assert(false, new RangeError('own'))); say(() => assert()); say(() => assert.ok()); say(() => assert(NaN, null));
say(() => { const a = 1; assert.ok(a === 2 && (a + 1) > 5); });
say(() => { assert['ok'](!'x'); });
say(() => { assert.ok(typeof 123 === 'string'); say(1); });
say(() => { assert(((x) => x)(')' === '(')); });
say(() => { assert(/\)/.test('x')); });
say(() => {
  assert.ok(
    false);
});
say(() => { assert(`a${1}` === 'b'); }); say(() => { assert.strict(0); }); say(() => { assert.strict.ok(''); });
