// flags: --max-fuel=300000
// exit: 122
// err: fuel used up

new Promise(() => { for (;;); }).catch(() => console.log('no')).finally(() => console.log('no'));
