// The frames of async functions that wait stand below the one that throws.
'use strict';

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const shown = (error) => error.stack.split('\n').filter((line) => !line.includes('node:')).map((line) => line.replace(/\(.*[/\\]/, '(').replace(/async .*[/\\]([^/\\]*)$/, 'async $1')).join('\n');

async function thrower() {
  await tick();
  throw new Error('late');
}
async function middle() {
  await thrower();
}
class Service {
  async run() {
    await middle();
  }
}
const arrow = async () => {
  await new Service().run();
};
async function main() {
  try {
    await arrow();
  } catch (error) {
    console.log(shown(error));
  }
}
async function early() {
  try {
    await (async function inner() { throw new TypeError('at once'); })();
  } catch (error) {
    console.log(shown(error).split('\n').slice(0, 3).join('\n'));
  }
}
async function caused() {
  await tick();
  try {
    await thrower();
  } catch (cause) {
    throw new Error('outer', { cause });
  }
}
main().then(early).then(caused).catch((error) => {
  console.log(shown(error));
  console.log(Object.getOwnPropertyDescriptor(error, 'cause').enumerable, error.cause.message);
});
