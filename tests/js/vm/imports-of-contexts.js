// Code from strings that no script runs: its imports are the context's.
const vm = require('node:vm');
const text = 'Promise.resolve("import(\'node:path\')").then(eval)';
const run = (options) => new vm.Script(text).runInContext(vm.createContext({}, options));
(async () => {
  await run({}).catch((error) => console.log(error.code));
  await run({ importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }).then((namespace) => console.log(namespace.sep));
})();
