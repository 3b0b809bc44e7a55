export const detected: boolean = true;
export default class Typed<T> { value?: T }
