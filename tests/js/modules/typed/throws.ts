type Nothing = {
  a: string
};
function fails(message: string): never { throw new Error(message) }
module.exports = fails;
