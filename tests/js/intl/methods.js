// toLocaleString and its sisters.
'use strict';
console.log((1234567.891).toLocaleString(), (0).toLocaleString(), (-1234).toLocaleString(), (0.5).toLocaleString('en', { style: 'percent' }), (1e21).toLocaleString(), (-0).toLocaleString(), NaN.toLocaleString(), (999).toLocaleString(), (-1000.5).toLocaleString());
console.log(12345678901234567890n.toLocaleString(), (123n).toLocaleString('en', { style: 'currency', currency: 'USD' }), Object(5n).toLocaleString(), Object(1234).toLocaleString());
console.log([1234.5, null, undefined, 'x', [1000, 2000], new Date(NaN)].toLocaleString(), [0.25].toLocaleString('en', { style: 'percent' }), new Float64Array([1234.5, 2]).toLocaleString());
const date = new Date(Date.UTC(2024, 2, 5, 15, 4, 9));
const utc = { timeZone: 'UTC' };
console.log(date.toLocaleString('en', utc), date.toLocaleDateString('en', utc), date.toLocaleTimeString('en', utc));
console.log(date.toLocaleDateString('en', { ...utc, hour: 'numeric' }), date.toLocaleTimeString('en', { ...utc, year: 'numeric' }), date.toLocaleTimeString('en', { ...utc, timeStyle: 'short' }), date.toLocaleString('en', { ...utc, dateStyle: 'short' }));
console.log(new Date(NaN).toLocaleString(), new Date(NaN).toString());
console.log('Iıİ'.toLocaleLowerCase('tr'), 'iIı'.toLocaleUpperCase('tr'), 'ß'.toLocaleUpperCase(), 'ΑΣ'.toLocaleLowerCase('en'), 'Ç'.toLocaleLowerCase('tr'));
const self = [1, 2];
self.push(self);
console.log(self.toLocaleString());
