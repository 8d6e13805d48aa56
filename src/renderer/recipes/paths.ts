import type { Recipe } from '@shared/domain'

type Keys<T> = T extends readonly unknown[] ? never : keyof T & string

/** Dotted paths of the values of a recipe, such as `optimizer.learningRate`. */
type PathOf<T> = {
  readonly [K in Keys<T>]: T[K] extends Readonly<Record<string, unknown>> ? `${K}.${PathOf<T[K]>}` : K
}[Keys<T>]

export type RecipePath = PathOf<Recipe>

/** A recipe as it is written so far: any value may be missing or of the wrong kind. */
export type Draft = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands at a path; undefined where nothing does. */
export function getAt(draft: unknown, path: string): unknown {
  let value: unknown = draft
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined
  return value
}
