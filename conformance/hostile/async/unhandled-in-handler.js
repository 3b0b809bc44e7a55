// out: un 1
// out: un 2
// out: un 3

process.on('unhandledRejection', (e) => { console.log('un', e); if (e < 3) Promise.reject(e + 1); });
Promise.reject(1);
