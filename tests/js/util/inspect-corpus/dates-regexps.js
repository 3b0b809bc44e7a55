'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

show(new Date(0)); show(new Date(NaN)); show(new Date('2020-02-30T12:00:00Z')); show([new Date(86400000)]); const d = new Date(0); d.x = 1; show(d); class DD extends Date {} show(new DD(0)); show(new DD(NaN)); const dn = new Date(0); Object.setPrototypeOf(dn, null); show(dn); show(new Date(8.64e15)); show(new Date(-1e14)); show(new Date(0), { colors: true });
show(/a/); show(/a\/b/gi); show(new RegExp('')); show(new RegExp('/')); const r = /x/; r.p = 1; show(r); class RR extends RegExp {} show(new RR('a', 'g')); show([/x/y]); show(/x/, { colors: true }); show(/[/]\n/u); const rn = /q/; Object.setPrototypeOf(rn, null); show(rn); const sticky = /a/y; sticky.lastIndex = 3; show(sticky);
show('abc'.match(/b/)); show('abc'.match(/(?<x>b)(c)?(d)?/)); show('aXbX'.match(/X/g)); show(/(a)(?<n>b)/d.exec('ab'));
