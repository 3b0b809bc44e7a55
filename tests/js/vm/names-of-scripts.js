// What a script declares is there once it has run, and only then; a second run declares it again.
'use strict';
const vm = require('vm');
const show = work => { try { console.log(work()); } catch (error) { console.log(error.name + ': ' + error.message); } };

const script = new vm.Script('let first = 1; const second = 2; class Third {} first + second');
show(() => vm.runInThisContext('typeof first + typeof second + typeof Third'));
show(() => new vm.Script('let first = 5; first') instanceof vm.Script);
show(() => script.runInThisContext());
show(() => vm.runInThisContext('first + second'));
show(() => script.runInThisContext());
show(() => vm.runInThisContext('var first = 1'));
show(() => vm.runInThisContext('let first = 1'));
show(() => vm.runInThisContext('class Third {}'));

const context = vm.createContext({});
show(() => script.runInContext(context));
show(() => script.runInContext(context));
show(() => script.runInNewContext({}));
show(() => script.runInNewContext({}));
show(() => vm.runInContext('let later = 1; later', context));
show(() => vm.runInContext('var later; later', context));
show(() => vm.runInContext('function later() {}', context));
show(() => vm.runInContext('later', context));

const plain = new vm.Script('var again = (typeof again === "number" ? again : 0) + 1; again');
show(() => plain.runInThisContext() + plain.runInThisContext());
show(() => new vm.Script('let twice; let twice;'));
show(() => new vm.Script('let twice; var twice;'));
const failing = new vm.Script('let half = missing; half');
show(() => failing.runInThisContext());
show(() => failing.runInThisContext());
