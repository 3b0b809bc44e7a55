export const log = (x) => console.log('log', x);
