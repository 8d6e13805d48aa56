import type { Condition, Lexicon, LexiconEntry, PackContent, Rule } from '@shared/domain'
import type { KnowledgeRow } from '../../../src/main/knowledge/types'

/** A pack that says nothing but what is given. */
export const packOf = (content: Partial<PackContent> = {}): PackContent => ({
  ...{ name: 'test', version: 1, language: 'en', description: '', licence: null, sources: [] },
  labels: ['negative', 'positive'],
  ...{ lexicons: [], rules: [], triples: [], vocabulary: [], priors: null, rationales: [] },
  ...{ invariances: null, corpus: [] },
  ...content,
})

/** A lexicon of valences, of words unless it is said otherwise. */
export const lexicon = (
  id: string,
  entries: readonly LexiconEntry[] | Readonly<Record<string, number>>,
  options: Partial<Lexicon> = {},
): Lexicon => ({
  ...{ id, file: `lexicons/${id}.csv`, match: 'word', caseSensitive: false },
  valence: { above: 'positive', below: 'negative' },
  ...{ negation: null, intensifiers: null, contrast: null },
  entries: isList(entries)
    ? entries
    : Object.entries(entries).map(([term, weight]) => ({ term, label: null, weight })),
  ...options,
})

const isList = (
  entries: readonly LexiconEntry[] | Readonly<Record<string, number>>,
): entries is readonly LexiconEntry[] => Array.isArray(entries)

export const negation = {
  ...{ words: ['not', 'no', 'never'], suffixes: ["n't"], window: 3, factor: -0.5 },
}

/** A condition in the short form in which packs write it. */
export type Short =
  | { readonly contains: string; readonly match?: 'word' | 'stem' | 'regex' }
  | { readonly regex: string }
  | { readonly near: readonly [string, string, number] }
  | { readonly not: Short }
  | { readonly all: readonly Short[] }
  | { readonly any: readonly Short[] }
  | { readonly count: string; readonly atLeast: number }
  | { readonly length: 'characters' | 'words'; readonly atLeast?: number; readonly atMost?: number }
  | {
      readonly column: string
      readonly equals?: string
      readonly atLeast?: number
      readonly atMost?: number
    }

export function condition(short: Short): Condition {
  if ('contains' in short) {
    return { kind: 'contains', term: short.contains, match: short.match ?? 'word' }
  }
  if ('regex' in short) return { kind: 'regex', pattern: short.regex }
  if ('near' in short) {
    const [first, second, within] = short.near
    return { kind: 'near', first, second, within }
  }
  if ('not' in short) return { kind: 'not', condition: condition(short.not) }
  if ('all' in short) return { kind: 'all', conditions: short.all.map(condition) }
  if ('any' in short) return { kind: 'any', conditions: short.any.map(condition) }
  if ('count' in short) return { kind: 'count', term: short.count, atLeast: short.atLeast }
  const bounds = { atLeast: short.atLeast ?? null, atMost: short.atMost ?? null }
  if ('length' in short) return { kind: 'length', unit: short.length, ...bounds }
  return { kind: 'column', column: short.column, equals: short.equals ?? null, ...bounds }
}

export const rule = (id: string, when: Short, label = 'positive', confidence = 0.9): Rule => ({
  ...{ id, when: condition(when), label, confidence, hard: false, note: '' },
})

export const row = (
  text: string,
  columns: Readonly<Record<string, string>> = {},
  pair: string | null = null,
): KnowledgeRow => ({ text, pair, columns })
