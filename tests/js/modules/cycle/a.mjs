import './b.cjs'; export const a = 1;
