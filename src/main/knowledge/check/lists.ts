import type { PackContent } from '@shared/domain'
import type { Path, Report } from './report'
import { labelFault, termFault } from './report'

export function checkLabels(content: PackContent, report: Report): void {
  const { name, labels } = content
  const at = (path: Path, field: string) => ({ path, file: 'pack.yaml', field })
  if (termFault(name) !== null || name.includes('@')) {
    report('error', at(['name'], 'name'), 'A pack needs a name, without @ and line breaks.')
  }
  labels.forEach((label, index) => {
    const fault = termFault(label)
    if (fault !== null) report('error', at(['labels', index], 'labels'), 'A label is empty.')
    else if (labels.indexOf(label) < index) {
      report('error', at(['labels', index], 'labels'), `The label "${label}" stands twice.`)
    }
  })
  if (!saysAnything(content)) {
    report('warning', at(['name'], 'name'), 'The pack says nothing: it has no part but its name.')
  }
}

const saysAnything = (content: PackContent): boolean =>
  content.priors !== null ||
  content.invariances !== null ||
  [
    content.lexicons,
    content.rules,
    content.triples,
    content.vocabulary,
    content.rationales,
    content.corpus,
  ].some((part) => part.length > 0)

/** Triples, vocabulary, rationales and swaps. */
export function checkLists(content: PackContent, report: Report): void {
  checkTriples(content, report)
  checkVocabulary(content, report)
  checkRationales(content, report)
  content.invariances?.swaps.forEach((group, index) => {
    const path = ['invariances', 'swaps', index]
    const at = { path, file: 'invariances.yaml', field: 'swaps' }
    const words = new Set(group.map((word) => word.toLowerCase()))
    if (words.size < 2) report('error', at, 'A group of swaps has at least two different words.')
    const fault = group.map(termFault).find((each) => each !== null)
    if (fault !== undefined) report('error', at, fault)
  })
}

function checkTriples({ triples }: PackContent, report: Report): void {
  const seen = new Set<string>()
  triples.forEach(({ head, relation, tail }, index) => {
    const at = { path: ['triples', index], file: 'graph.csv', field: head || null }
    const fault = [head, relation, tail].map(termFault).find((each) => each !== null)
    if (fault !== undefined) report('error', at, `head, relation and tail: ${fault}`)
    const key = [head, relation, tail].join('\0')
    if (seen.has(key)) report('warning', at, 'The triple stands twice.')
    seen.add(key)
  })
}

function checkVocabulary({ vocabulary }: PackContent, report: Report): void {
  const seen = new Set<string>()
  vocabulary.forEach((term, index) => {
    const at = { path: ['vocabulary', index], file: 'vocabulary.txt', field: term || null }
    const fault = termFault(term)
    if (fault !== null) report('error', at, fault)
    else if (seen.has(term)) report('warning', at, `"${term}" stands twice.`)
    seen.add(term)
  })
}

function checkRationales({ rationales, labels }: PackContent, report: Report): void {
  const seen = new Map<string, string>()
  rationales.forEach(({ term, role, label }, index) => {
    const at = { path: ['rationales', index], file: 'rationales.csv', field: term || null }
    const fault = termFault(term) ?? (label === null ? null : labelFault(label, labels))
    if (fault !== null) report('error', at, fault)
    const key = `${term.toLowerCase()}\0${label ?? ''}`
    const before = seen.get(key)
    if (before === role) report('warning', at, `"${term}" stands twice.`)
    else if (before !== undefined) {
      report('error', at, `"${term}" is a reason here and irrelevant there. Keep one.`)
    }
    seen.set(key, role)
  })
}
