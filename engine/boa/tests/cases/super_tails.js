// What follows `super(...)` in one expression
class Made { constructor() { return { value: 1, tag: (strings) => strings[0], 0: 'first', then: (f) => f(2) } } } class Member extends Made { constructor() { return { got: super().value } } } new Member().got
//=> 1
class Made { constructor() { return { then: (f) => ({ got: f(2) }) } } } class Called extends Made { constructor() { return super().then(x => x + 1) } } new Called().got
//=> 3
class Made { constructor() { return { 0: 'first' } } } class Element extends Made { constructor() { return { got: super()[0] } } } new Element().got
//=> first
class Made { constructor() { return { tag: (strings) => strings[0] } } } class Tagged extends Made { constructor() { return { got: super().tag`text` } } } new Tagged().got
//=> text
class Made {} class Optional extends Made { constructor() { return { got: super()?.none?.value } } } String(new Optional().got)
//=> undefined
