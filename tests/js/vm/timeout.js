// A script that runs longer than its timeout is stopped by an error that the caller can catch; finally blocks in it do not run.
const vm = require('vm');
const tell = (f) => {
  try {
    console.log(f());
  } catch (e) {
    console.log(e.name, e.code, e.message);
  }
};
globalThis.ran = 0;
tell(() => vm.runInThisContext('try { for (;;); } finally { ran++ }', { timeout: 20 }));
tell(() => vm.runInNewContext('for (;;);', {}, { timeout: 20 }));
tell(() => new vm.Script('while (true) { try { for (;;); } catch {} }').runInThisContext({ timeout: 20 }));
tell(() => vm.runInContext('1 + 1', vm.createContext(), { timeout: 1000 }));
tell(() => vm.runInThisContext('vm2 => { for (;;); }', { timeout: 1000 }).length);
// The inner limit ends before the outer one, and the outer one still holds.
globalThis.vm = vm;
tell(() => vm.runInThisContext('try { vm.runInThisContext("for (;;);", { timeout: 10 }) } catch (e) { e.code }', { timeout: 5000 }));
tell(() => vm.runInThisContext('try { vm.runInThisContext("1", { timeout: 10 }) } catch {} for (;;);', { timeout: 30 }));
tell(() => vm.runInThisContext('1', { timeout: 0 }));
console.log(ran);
