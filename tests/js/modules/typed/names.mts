import type { Missing } from './nowhere.mts';
import { detected, type Typed } from './detected.ts';
import shapes from './value.ts';

export type Name = string;
export const name: Name = `names ${detected}`;
export const area: number = shapes.area({ kind: 'square', size: 3 } satisfies Missing);
export function at(line: number): Typed | undefined { return undefined }
