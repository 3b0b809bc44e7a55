// Imports run in the order they are asked for; a failure does not change that.
const file = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
Promise.allSettled([
  import(file('console.log("first")')),
  import('no-such-package').catch((error) => console.log(error.code)),
  import(file('console.log("second"); export default 2')).then((namespace) => console.log(namespace.default)),
]).then(() => console.log('end'));
