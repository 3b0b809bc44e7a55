// out: stolen

Object.prototype.then = function (f) { delete Object.prototype.then; f('stolen'); };
(async () => { const v = await {}; console.log(v); })();
