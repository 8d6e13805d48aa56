import type { Lexicon, PackContent, Rule } from '@shared/domain'
import { emptyCondition } from './conditions'
import { freeName } from './lists'

export interface PackBeginning {
  readonly name: string
  readonly language: string
  readonly labels: readonly string[]
}

/** A pack that says nothing yet but its name and classes. */
export const emptyPack = ({ name, language, labels }: PackBeginning): PackContent => ({
  name,
  version: 1,
  language,
  labels,
  description: '',
  licence: null,
  sources: [],
  lexicons: [],
  rules: [],
  triples: [],
  vocabulary: [],
  priors: null,
  rationales: [],
  invariances: null,
  corpus: [],
})

/** A lexicon without terms: of valences where the pack has two classes, else of labels. */
export function emptyLexicon({ lexicons, labels }: PackContent): Lexicon {
  const id = freeName(
    'terms',
    lexicons.map((each) => each.id),
  )
  const [below, above, third] = labels
  const opposed = above !== undefined && below !== undefined && third === undefined
  return {
    id,
    file: `lexicons/${id}.csv`,
    match: 'word',
    caseSensitive: false,
    valence: opposed ? { above, below } : null,
    negation: null,
    intensifiers: null,
    contrast: null,
    entries: [],
  }
}

/** A rule that nothing is said of yet. */
export const emptyRule = ({ rules, labels }: PackContent): Rule => ({
  id: freeName(
    'rule',
    rules.map((each) => each.id),
  ),
  when: emptyCondition('contains'),
  label: labels[0] ?? '',
  confidence: 0.8,
  hard: false,
  note: '',
})

/** A file name for an exported pack, in letters that every system takes. */
export function exportName({ name, version }: { name: string; version: number }): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60)
  return `${words === '' ? 'pack' : words}-${String(version)}`
}
