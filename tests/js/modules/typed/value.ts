interface Shape { kind: 'circle' | 'square'; size?: number }
type Area<T extends Shape> = (shape: T) => number;

const area: Area<Shape> = ({ size = 1 }: Shape): number => size * size;

class Counter<T> {
  private count = 0 as number;
  readonly seen: T[] = [];
  add(this: Counter<T>, item: T): this { this.count++; this.seen.push(item!); return this; }
  get total(): number { return this.count }
}

module.exports = { area, Counter };
