// flags: --max-fuel=1000000
// exit: 122
// err: fuel used up

require('crypto').pbkdf2Sync('a', 'b', 2 ** 31 - 1, 64, 'sha512');
