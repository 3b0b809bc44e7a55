module.exports = 'the module itself';
