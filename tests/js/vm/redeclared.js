'use strict';

// A script that is only compiled declares nothing; what a context has declared once is declared.
const vm = require('node:vm');

const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
};

const context = vm.createContext({});
new vm.Script('const once = 1;');
attempt(() => vm.runInThisContext('typeof once'));
attempt(() => vm.runInContext('const once = 2; once', context));
attempt(() => vm.runInThisContext('const once = 3; once'));
attempt(() => vm.runInContext('once', context));
attempt(() => vm.runInContext('let once = 4;', context));
attempt(() => vm.runInContext('var once = 5;', context));
attempt(() => vm.runInThisContext('class once {}'));
attempt(() => vm.runInContext('const once = 6; once', vm.createContext({})));
attempt(() => new vm.Script('let x y'));

// One script object in one realm: what it declares cannot be declared twice, what it computes can be computed again.
const declaring = new vm.Script('let again = 1; again');
attempt(() => declaring.runInThisContext());
attempt(() => declaring.runInThisContext());
const computing = new vm.Script('{ const inner = 2; inner + 1 }');
attempt(() => computing.runInThisContext());
attempt(() => computing.runInThisContext());
