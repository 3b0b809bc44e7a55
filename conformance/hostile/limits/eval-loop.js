// flags: --max-time=500
// exit: 124
// err: time limit reached

for (;;) eval('(function(){ return ' + Math.random() + '})()');
