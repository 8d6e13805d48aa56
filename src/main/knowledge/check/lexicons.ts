import type { Lexicon, LexiconEntry, PackContent } from '@shared/domain'
import { patternFault } from './patterns'
import type { Report } from './report'
import { labelFault, termFault } from './report'

export function checkLexicons({ lexicons, labels }: PackContent, report: Report): void {
  const ids = new Set<string>()
  lexicons.forEach((lexicon, index) => {
    const { id } = lexicon
    const at = { path: ['lexicons', index], file: 'pack.yaml', field: id }
    if (ids.has(id.toLowerCase())) {
      report('error', at, `There are two lexicons "${id}". Rename the file of one.`)
    }
    ids.add(id.toLowerCase())
    checkMeaning(lexicon, index, labels, report)
    checkEntries(lexicon, index, labels, report)
    checkNegation(lexicon, index, report)
    checkIntensifiers(lexicon, index, report)
    checkContrast(lexicon, index, report)
  })
}

/** Whether valences, or the labels of the entries, say which class a term speaks for. */
function checkMeaning(
  { id, valence, entries }: Lexicon,
  index: number,
  labels: readonly string[],
  report: Report,
): void {
  const at = { path: ['lexicons', index, 'valence'], file: 'pack.yaml', field: `${id}.valence` }
  const named = entries.filter(({ label }) => label !== null).length
  if (entries.length === 0) report('warning', at, `The lexicon "${id}" has no terms.`)
  if (named > 0 && named < entries.length) {
    report('error', at, `Some terms of "${id}" have a label and some have none.`)
  } else if (named === 0 && entries.length > 0 && valence === null) {
    const message = `"${id}" has valences: say their classes, valence: { above: positive, below: negative }.`
    report('error', at, message)
  } else if (named > 0 && valence !== null) {
    report('warning', at, `The terms of "${id}" have labels, so valence is not used.`)
  }
  if (valence === null) return
  for (const label of [valence.above, valence.below]) {
    const fault = labelFault(label, labels)
    if (fault !== null) report('error', at, fault)
  }
  if (valence.above === valence.below) {
    report('error', at, 'Above and below are the same class. Name two.')
  }
}

function checkEntries(
  { id, file, match, caseSensitive, entries }: Lexicon,
  index: number,
  labels: readonly string[],
  report: Report,
): void {
  const seen = new Map<string, LexiconEntry>()
  entries.forEach((entry, row) => {
    const { term, label, weight } = entry
    const at = { path: ['lexicons', index, 'entries', row], file, field: term || id }
    const fault = termFault(term) ?? (match === 'regex' ? patternFault(term) : null)
    if (fault !== null) report('error', at, fault)
    const unknown = label === null ? null : labelFault(label, labels)
    if (unknown !== null) report('error', at, unknown)
    if (!Number.isFinite(weight)) report('error', at, 'The weight must be a number.')
    else if (weight === 0) report('warning', at, `"${term}" has weight 0 and says nothing.`)
    const folded = caseSensitive || match === 'regex' ? term : term.toLowerCase()
    const key = `${folded}\0${label ?? ''}`
    const before = seen.get(key)
    if (before === undefined) seen.set(key, entry)
    else if (before.weight === weight) report('warning', at, `"${term}" stands twice.`)
    else {
      const message = `"${term}" stands twice, with ${before.weight} and ${weight}. Keep one${before.term === term ? '' : ', or make the lexicon case-sensitive'}.`
      report('error', at, message)
    }
  })
}

function checkNegation({ id, negation }: Lexicon, index: number, report: Report): void {
  if (negation === null) return
  const { words, suffixes } = negation
  const at = { path: ['lexicons', index, 'negation'], file: 'pack.yaml', field: `${id}.negation` }
  if (words.length + suffixes.length === 0) report('warning', at, 'No word negates.')
  for (const term of [...words, ...suffixes]) {
    const fault = termFault(term)
    if (fault !== null) report('error', at, fault)
  }
}

function checkIntensifiers({ id, intensifiers }: Lexicon, index: number, report: Report): void {
  if (intensifiers === null) return
  const field = `${id}.intensifiers`
  const at = { path: ['lexicons', index, 'intensifiers'], file: 'pack.yaml', field }
  const words = Object.entries(intensifiers.words)
  if (words.length === 0) report('warning', at, 'No word intensifies.')
  for (const [term, amount] of words) {
    const fault = termFault(term)
    if (fault !== null) report('error', at, fault)
    if (!Number.isFinite(amount)) report('error', at, `The amount of "${term}" must be a number.`)
  }
}

function checkContrast({ id, contrast }: Lexicon, index: number, report: Report): void {
  if (contrast === null) return
  const at = { path: ['lexicons', index, 'contrast'], file: 'pack.yaml', field: `${id}.contrast` }
  if (contrast.words.length === 0) report('warning', at, 'No word contrasts.')
  const folded = contrast.words.map((word) => word.toLowerCase())
  const twice = contrast.words.find((_, place) => folded.indexOf(folded[place] ?? '') < place)
  if (twice !== undefined) report('warning', at, `"${twice}" stands twice.`)
  for (const term of contrast.words) {
    const fault = termFault(term)
    if (fault !== null) report('error', at, fault)
  }
}
