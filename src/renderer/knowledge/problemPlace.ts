import type { PackContent, PackProblem } from '@shared/domain'

export const packTabs = [
  'overview',
  'lexicons',
  'rules',
  'triples',
  'vocabulary',
  'priors',
  'rationales',
  'invariances',
  'problems',
] as const

export type PackTab = (typeof packTabs)[number]

export const isPackTab = (value: string | undefined): value is PackTab =>
  packTabs.some((tab) => tab === value)

/** Where in the editor something stands. */
export interface PackPlace {
  readonly tab: PackTab
  /** The lexicon, where the place is in one. */
  readonly lexicon: string | null
  /** Index of the item in its table; null: the whole part. */
  readonly item: number | null
}

/** Where a problem can be put right. Tables have a header on line 1, a vocabulary has none. */
export function placeOf(problem: PackProblem, content: PackContent): PackPlace {
  const { file, field } = problem
  const at = (tab: PackTab, item: number | null = null): PackPlace => ({ tab, lexicon: null, item })
  const lexicon = content.lexicons.find((each) => each.file === file)
  if (lexicon !== undefined) {
    const named = lexicon.entries.findIndex((entry) => entry.term === field)
    return {
      tab: 'lexicons',
      lexicon: lexicon.id,
      item: named >= 0 ? named : itemOf(problem, 2, lexicon.entries.length),
    }
  }
  switch (file.split('/').at(-1)) {
    case 'pack.yaml': {
      const named = content.lexicons.find(({ id }) => field === id || field?.startsWith(`${id}.`))
      return named === undefined
        ? at('overview')
        : { tab: 'lexicons', lexicon: named.id, item: null }
    }
    case 'rules.yaml':
      return at('rules', ruleOf(problem, content))
    case 'graph.csv':
      return at('triples', itemOf(problem, 2, content.triples.length))
    case 'vocabulary.txt':
      return at('vocabulary', itemOf(problem, 1, content.vocabulary.length))
    case 'rationales.csv':
      return at('rationales', itemOf(problem, 2, content.rationales.length))
    case 'priors.yaml':
      return at('priors')
    case 'invariances.yaml':
      return at('invariances')
    default:
      return file.startsWith('lexicons/') ? at('lexicons') : at('overview')
  }
}

/** The item on a line of a file whose first item stands on line `first`. */
function itemOf({ line }: PackProblem, first: number, items: number): number | null {
  if (line === null) return null
  const item = line - first
  return item >= 0 && item < items ? item : null
}

/** A problem of a rule names the rule, alone or before a dot. */
function ruleOf({ field }: PackProblem, { rules }: PackContent): number | null {
  if (field === null) return null
  const item = rules.findIndex(({ id }) => field === id || field.startsWith(`${id}.`))
  return item < 0 ? null : item
}
