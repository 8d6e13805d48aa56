import type { Part } from '@shared/domain'

export const baseName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

const withoutExtension = (name: string): string => name.replace(/\.[^.]+$/, '')

const partWords: readonly (readonly [RegExp, Part])[] = [
  [/(^|[^a-z])(train|training)([^a-z]|$)/i, 'train'],
  [/(^|[^a-z])(valid|validation|val|dev)([^a-z]|$)/i, 'validation'],
  [/(^|[^a-z])(test|testing|eval)([^a-z]|$)/i, 'test'],
]

/** The part that a file's name speaks of; `all` where it speaks of none. */
export const guessPart = (name: string): Part =>
  partWords.find(([word]) => word.test(withoutExtension(name)))?.[1] ?? 'all'

/** A name for a dataset of these files: what they have in common, without the word of a part. */
export function datasetName(names: readonly string[]): string {
  const [first = ''] = names
  const bare = withoutExtension(first)
  if (names.length < 2) return bare
  const word = partWords.map(([pattern]) => pattern.exec(bare)?.[2]).find((each) => each)
  const common = word === undefined ? bare : bare.replace(word, '')
  return common.replace(/^[-_. ]+|[-_. ]+$/g, '').replace(/[-_. ]{2,}/g, '-') || bare
}
