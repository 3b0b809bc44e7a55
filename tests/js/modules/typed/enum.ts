enum Colour { Red, Green = "green" } module.exports = Colour;
