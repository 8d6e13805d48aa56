import type { LexiconEntry, PackContent } from '@shared/domain'
import { degreeAdverbs } from './degree-adverbs'

/** What a degree adverb adds to the size of a valence (Hutto & Gilbert 2014, section 3.2). */
const degree = 0.293

const negatingWords = [
  ...['not', 'no', 'never', 'without', 'cannot', 'nor', 'neither', 'none', 'nothing', 'nobody'],
  ...['nowhere', 'hardly', 'rarely', 'seldom', 'despite'],
]

/** As they are written without an apostrophe. */
const negatingContractions = [
  ...['aint', 'arent', 'cant', 'couldnt', 'didnt', 'doesnt', 'dont', 'hadnt', 'hasnt', 'havent'],
  ...['isnt', 'mustnt', 'neednt', 'shouldnt', 'wasnt', 'werent', 'wont', 'wouldnt'],
]

/**
 * The pack "valence" of the starter kit: a lexicon of terms, slang and emoticons with their mean
 * rated valence, -4 to 4, with negation, intensifiers and contrast. Of terms that differ in case alone the
 * first is kept. `rows`: terms and valences as texts.
 */
export function starterPack(
  rows: readonly (readonly [term: string, valence: string])[],
): PackContent {
  return {
    name: 'valence',
    version: 2,
    language: 'en',
    labels: ['negative', 'positive'],
    description: 'How friendly or unfriendly words, slang and emoticons are, as people rated them.',
    licence: 'MIT',
    sources: [
      'Valence lexicon of vaderSentiment 3.3.2 (C.J. Hutto & E. Gilbert, ICWSM 2014)',
      'Factor of negation, amounts of intensifiers, contrast: Hutto & Gilbert 2014, sections 3.2 and 3.3, and vaderSentiment 3.3.2',
    ],
    lexicons: [
      {
        id: 'valence',
        file: 'lexicons/valence.csv',
        match: 'word',
        caseSensitive: false,
        valence: { above: 'positive', below: 'negative' },
        negation: {
          words: [...negatingWords, ...negatingContractions],
          suffixes: ["n't", 'n’t'],
          window: 3,
          factor: -0.74,
        },
        intensifiers: {
          words: {
            ...Object.fromEntries(degreeAdverbs.stronger.map((word) => [word, degree])),
            ...Object.fromEntries(degreeAdverbs.weaker.map((word) => [word, -degree])),
          },
          window: 3,
          decay: 0.95,
        },
        contrast: { words: ['but'], before: 0.5, after: 1.5 },
        entries: entriesOf(rows),
      },
    ],
    rules: [],
    triples: [],
    vocabulary: [],
    priors: null,
    rationales: [],
    invariances: null,
    corpus: [],
  }
}

function entriesOf(rows: readonly (readonly [string, string])[]): readonly LexiconEntry[] {
  const entries = new Map<string, LexiconEntry>()
  for (const [term, valence] of rows) {
    const key = term.toLowerCase()
    if (!entries.has(key)) entries.set(key, { term, label: null, weight: Number(valence) })
  }
  return [...entries.values()]
}
