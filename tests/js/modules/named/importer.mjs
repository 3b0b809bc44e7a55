import { a as b } from "./literal.cjs";
console.log(b);
