[Uint8Array.fromBase64('ZXhhZg=='), Uint8Array.fromBase64(' Z X\nhh Zg '), Uint8Array.fromBase64('x-_y', { alphabet: 'base64url' }), Uint8Array.fromHex('00fFa5')].join(' ')
//=> 101,120,97,102 101,120,97,102 199,239,242 0,255,165
Uint8Array.fromBase64('ZXhhZg', { lastChunkHandling: 'stop-before-partial' }).join() + ' ' + Uint8Array.fromBase64('ZXhhZh==').join()
//=> 101,120,97 101,120,97,102
Uint8Array.fromBase64('ZXhhZh==', { lastChunkHandling: 'strict' })
//!! SyntaxError
Uint8Array.fromBase64('ZXhhZg===')
//!! SyntaxError
Uint8Array.fromBase64('Z*==')
//!! SyntaxError: Found a character that cannot be part of a valid base64 string.
Uint8Array.fromBase64(1)
//!! TypeError: input argument must be a string
Uint8Array.fromBase64('', { alphabet: 'x' })
//!! TypeError: invalid option x
Uint8Array.fromHex('abc')
//!! SyntaxError: Input string must contain hex characters in even length
var a = new Uint8Array([255, 239, 1, 0]); [a.toBase64(), a.toBase64({ alphabet: 'base64url', omitPadding: true }), a.toHex(), new Uint8Array().toBase64()].join()
//=> /+8BAA==,_-8BAA,ffef0100,
// Of a text that is too long as much is read as fits; of one that is wrong what comes before is written.
var a = new Uint8Array(4), r = a.setFromBase64('AQIDBAUG'); JSON.stringify(r) + ' ' + a
//=> {"read":4,"written":3} 1,2,3,0
var a = new Uint8Array(5).fill(255); try { a.setFromBase64('MjYyZm.9v') } catch (e) { e.name + ' ' + a }
//=> SyntaxError 50,54,50,255,255
var a = new Uint8Array(2), r = a.setFromHex('0a0b0c'); JSON.stringify(r) + ' ' + a
//=> {"read":4,"written":2} 10,11
var a = new Uint8Array(3); a.buffer.transfer(); a.toHex()
//!! TypeError: Cannot perform Uint8Array.prototype.toHex on a detached ArrayBuffer
Uint8Array.prototype.toBase64.call([])
//!! TypeError
new Float64Array([42, 0]).toLocaleString()
//=> 42,0
[(25).toExponential(0), (12345).toExponential(3), (0.000035).toExponential(0), (2.5).toExponential(0), (1.45).toExponential(1), (-25).toExponential(0), (1e21).toExponential(2), (0).toExponential(2)].join()
//=> 3e+1,1.235e+4,3e-5,3e+0,1.4e+0,-3e+1,1.00e+21,0.00e+0
