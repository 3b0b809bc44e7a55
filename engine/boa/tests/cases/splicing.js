var a = [1, 2, 3, 4]; var b = a.splice(1, 2, 'x', 'y', 'z'); a.join() + ' ' + b.join() + ' ' + a.length + b.length
//=> 1,x,y,z,4 2,3 52
var a = [1, 2, 3]; a.splice(1, 1, 2.5); a.unshift(0); a.unshift('s', 't'); a.join() + ' ' + a.length
//=> s,t,0,1,2.5,3 6
var a = [1, 2, 3]; var b = a.splice(0); b.push(4); a.push(9); a.join() + ' ' + b.join()
//=> 9 1,2,3,4
var a = []; a.unshift(1, 2, 3); a.unshift(); a.splice(); a.splice(3, 5, 4); a.join() + a.length
//=> 1,2,3,44
// Holes stay holes, and what is frozen or sealed resists.
var a = [1, , 3]; a.unshift(0); var b = a.splice(1, 2); (1 in b) + ' ' + b.length + ' ' + a.join()
//=> false 2 0,3
var a = Object.freeze([1]); try { a.unshift(0) } catch (e) { e.name + ' ' + a.join() }
//=> TypeError 1
var a = Object.defineProperty([1, 2], 'length', { writable: false }); try { a.splice(0, 1) } catch (e) { e.name + ' ' + a.length }
//=> TypeError 2
// Classes of arrays give arrays of their own; a species that gives the array itself does what it says.
class A extends Array {} var a = A.from([1, 2, 3]); var b = a.splice(0, 2); b.constructor.name + ' ' + b.join() + ' ' + a.join()
//=> A 1,2 3
var a = [1, 2, 3]; a.constructor = { [Symbol.species]: function () { return a } }; a.splice(0, 1).join()
//=> ,
// A setter on the way up has a say in elements that are new.
var log = []; Object.defineProperty(Array.prototype, 2, { set(v) { log.push(v) }, configurable: true }); var a = [1, 2]; a.unshift(0); delete Array.prototype[2]; log.join() + ' ' + a.length + (2 in a)
//=> 2 3false
var a = [1, 2, 3]; var grown = { valueOf() { a.push(4); return 1 } }; a.splice(grown, 1).join() + ' ' + a.join()
//=> 2 1,3
