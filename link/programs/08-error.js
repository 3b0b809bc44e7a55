// An error nobody catches: the excerpt, the stack, the exit status.
function inner() {
  const error = new TypeError('nobody catches this', { cause: new Error('a cause') });
  error.code = 'ERR_SHOWN';
  throw error;
}
process.on('exit', (code) => console.log('exit', code));
Promise.resolve().then(inner);
