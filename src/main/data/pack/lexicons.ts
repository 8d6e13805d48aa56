import { posix } from 'node:path'
import type { Intensifiers, Lexicon, LexiconEntry } from '@shared/domain'
import type { CsvFile } from './csv-file'
import { numberOf, readCsvFile } from './csv-file'
import type { ManifestLexicon } from './manifest'
import type { PackNotes, Place } from './problems'
import type { YamlPart } from './yaml-part'

const valences = ['term', 'valence'] as const
const labelled = ['term', 'label', 'weight'] as const
const amounts = ['term', 'amount'] as const

/** `lexicons/valence.csv` is the lexicon `valence`. */
export const lexiconId = (file: string): string => posix.basename(file, posix.extname(file))

/** A lexicon with its entries; `at` is its index in the pack's content. */
export async function readLexicon(
  root: string,
  stated: ManifestLexicon,
  manifest: YamlPart,
  at: number,
  notes: PackNotes,
): Promise<Lexicon> {
  const { file, match, caseSensitive, valence, negation, contrast, index } = stated
  const statedAt = manifest.place(['lexicons', index, 'file'])
  notes.put(['lexicons', at], statedAt)
  for (const field of ['valence', 'negation', 'intensifiers', 'contrast'] as const) {
    notes.put(['lexicons', at, field], manifest.place(['lexicons', index, field]))
  }
  const table = await readCsvFile(
    root,
    { name: file, statedAt, required: true },
    [valences, labelled],
    notes,
  )
  return {
    id: lexiconId(file),
    file,
    match,
    caseSensitive,
    valence,
    negation,
    intensifiers: await readIntensifiers(root, stated, manifest, notes),
    contrast,
    entries: table === null ? [] : readEntries(table, file, at, notes),
  }
}

/** Notes what is wrong with a table whose lexicon cannot be used. */
export async function checkTable(
  root: string,
  file: string,
  statedAt: Place,
  notes: PackNotes,
): Promise<void> {
  const named = { name: file, statedAt, required: true }
  const table = await readCsvFile(root, named, [valences, labelled], notes)
  if (table !== null) readEntries(table, file, null, notes)
}

/** `at`: index of the lexicon in the content; null: it is not part of it. */
function readEntries(
  { columns, lines }: CsvFile,
  file: string,
  at: number | null,
  notes: PackNotes,
): readonly LexiconEntry[] {
  const entries: LexiconEntry[] = []
  const withLabels = columns.length === labelled.length
  for (const { line, fields } of lines) {
    const [term = '', second = '', third = ''] = fields
    const weight = numberOf(withLabels ? third : second)
    if (weight === null) {
      const name = withLabels ? 'weight' : 'valence'
      const found = JSON.stringify(withLabels ? third : second)
      notes.error({ file, line }, name, `This must be a number, not ${found}.`)
      continue
    }
    if (at !== null) notes.put(['lexicons', at, 'entries', entries.length], { file, line })
    entries.push({ term, label: withLabels ? second : null, weight })
  }
  return entries
}

async function readIntensifiers(
  root: string,
  { intensifiers, index }: ManifestLexicon,
  manifest: YamlPart,
  notes: PackNotes,
): Promise<Intensifiers | null> {
  if (intensifiers === null) return null
  const { words, file, window, decay } = intensifiers
  if (file === undefined) return { words: words ?? {}, window, decay }
  const statedAt = manifest.place(['lexicons', index, 'intensifiers', 'file'])
  const table = await readCsvFile(root, { name: file, statedAt, required: true }, [amounts], notes)
  const read = new Map<string, number>()
  for (const { line, fields } of table?.lines ?? []) {
    const [term = '', text = ''] = fields
    const amount = numberOf(text)
    const place = { file, line }
    if (amount === null) {
      notes.error(place, 'amount', `This must be a number, not ${JSON.stringify(text)}.`)
    } else if (read.has(term)) {
      notes.error(place, 'term', `"${term}" stands twice. Keep one of the lines.`)
    } else read.set(term, amount)
  }
  return { words: Object.fromEntries(read), window, decay }
}
