const of = 'of';
const async = 'async';
export { of, async };
export default 'default';
