import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Contrast, Intensifiers, Lexicon, Negation, PackContent, Rule } from '@shared/domain'
import { ruleToFile } from '@shared/domain/rule-file'
import { GraftError } from '@shared/errors'
import { stringify } from 'yaml'
import { sha256, sha256File } from '../../platform/hash'
import { safeJoin } from '../../platform/paths'
import { manifestFile, partFiles } from './manifest'
import { mostYamlBytes } from './yaml-part'

type Texts = ReadonlyMap<string, string>

/**
 * The files of a pack but for its corpus, each in the one form in which this program writes it:
 * packs with the same content have the same bytes, whoever wrote them first.
 */
export function packFiles(content: PackContent): Texts {
  const files = new Map<string, string>([[manifestFile, yaml(manifestOf(content))]])
  for (const lexicon of content.lexicons) files.set(lexicon.file, lexiconCsv(lexicon))
  const { rules, triples, vocabulary, priors, rationales, invariances } = content
  if (rules.length > 0) files.set(partFiles.rules, rulesToYaml(rules))
  if (triples.length > 0) {
    const lines = triples.map(({ head, relation, tail }) => [head, relation, tail])
    files.set(partFiles.graph, csv([['head', 'relation', 'tail'], ...lines]))
  }
  if (vocabulary.length > 0) files.set(partFiles.vocabulary, vocabulary.map(line).join(''))
  if (priors !== null) {
    const { shares, forbidden, implied, hierarchy } = priors
    const fields = { shares: sorted(shares), forbidden, implied, hierarchy: sorted(hierarchy) }
    files.set(partFiles.priors, yaml(fields))
  }
  if (rationales.length > 0) {
    const lines = rationales.map(({ term, role, label }) => [term, role, label ?? ''])
    files.set(partFiles.rationales, csv([['term', 'role', 'label'], ...lines]))
  }
  if (invariances !== null) {
    const { text, swaps, images } = invariances
    files.set(partFiles.invariances, yaml({ text, swaps, images }))
  }
  return files
}

/** Rules as rules.yaml holds them. */
export const rulesToYaml = (rules: readonly Rule[]): string => yaml(rules.map(ruleToFile))

function manifestOf(content: PackContent): object {
  const { name, version, language, labels, description, licence, sources, corpus } = content
  const partOf = (part: keyof typeof partFiles, isThere: boolean): object =>
    isThere ? { [part]: partFiles[part] } : {}
  return {
    ...{ name, version, language, labels },
    ...(description !== '' && { description }),
    ...(licence !== null && { licence }),
    ...(sources.length > 0 && { sources }),
    ...(content.lexicons.length > 0 && { lexicons: content.lexicons.map(lexiconOf) }),
    ...partOf('rules', content.rules.length > 0),
    ...partOf('graph', content.triples.length > 0),
    ...partOf('vocabulary', content.vocabulary.length > 0),
    ...partOf('priors', content.priors !== null),
    ...partOf('rationales', content.rationales.length > 0),
    ...partOf('invariances', content.invariances !== null),
    ...(corpus.length > 0 && { corpus: corpus.map(({ file }) => file) }),
  }
}

function lexiconOf(lexicon: Lexicon): object {
  const { file, match, caseSensitive, valence, negation, intensifiers, contrast } = lexicon
  return {
    ...{ file, match },
    ...(caseSensitive && { caseSensitive }),
    ...(valence !== null && { valence: { above: valence.above, below: valence.below } }),
    ...(negation !== null && { negation: negationOf(negation) }),
    ...(intensifiers !== null && { intensifiers: intensifiersOf(intensifiers) }),
    ...(contrast !== null && { contrast: contrastOf(contrast) }),
  }
}

const negationOf = ({ words, suffixes, window, factor }: Negation): object => ({
  words,
  suffixes,
  window,
  factor,
})

const intensifiersOf = ({ words, window, decay }: Intensifiers): object => ({
  words: sorted(words),
  window,
  decay,
})

const contrastOf = ({ words, before, after }: Contrast): object => ({ words, before, after })

/** A mapping whose order means nothing, in the order of its keys. */
const sorted = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).sort(byKey))

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0

const lexiconCsv = ({ entries }: Lexicon): string =>
  entries.every(({ label }) => label === null)
    ? csv([['term', 'valence'], ...entries.map(({ term, weight }) => [term, String(weight)])])
    : csv([
        ['term', 'label', 'weight'],
        ...entries.map(({ term, label, weight }) => [term, label ?? '', String(weight)]),
      ])

const yaml = (value: unknown): string =>
  stringify(value, { lineWidth: 100, aliasDuplicateObjects: false })

const line = (text: string): string => `${text}\n`

const csv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => line(row.map(field).join(','))).join('')

const field = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/** SHA-256 of every corpus file of a pack whose folder is `from`. */
export async function hashCorpus(
  content: PackContent,
  from: string,
  signal?: AbortSignal,
): Promise<Texts> {
  const hashes = new Map<string, string>()
  for (const { file } of content.corpus) {
    hashes.set(file, await sha256File(safeJoin(from, file), signal))
  }
  return hashes
}

/**
 * The content hash of a pack: SHA-256 of one line a file, "SHA-256 of its bytes, two spaces, its
 * name", in the order of the names; what `sha256sum` prints for the files.
 */
export function hashPack(content: PackContent, corpus: Texts): string {
  const files = [...packFiles(content)].map(([name, text]) => [name, sha256(text)] as const)
  const lines = [...files, ...corpus].sort(byKey).map(([name, hash]) => `${hash}  ${name}\n`)
  return sha256(lines.join(''))
}

/** What a pack needs beside a model: its corpus has done its part. */
export const withoutCorpus = (content: PackContent): PackContent => ({ ...content, corpus: [] })

/** Writes a pack into an empty folder; the texts of its corpus are copied from another pack's. */
export async function writePack(
  content: PackContent,
  folder: string,
  corpusFrom: string | null = null,
): Promise<void> {
  const files = packFiles(content)
  for (const [name, text] of files) requireReadable(name, text)
  for (const [name, text] of files) {
    const path = safeJoin(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
  }
  for (const { file } of content.corpus) {
    if (corpusFrom === null) throw new Error(`The corpus file ${file} has no source.`)
    const path = join(folder, file)
    await mkdir(dirname(path), { recursive: true })
    await copyFile(safeJoin(corpusFrom, file), path)
  }
}

/** Nothing is written that could not be read again. */
function requireReadable(file: string, text: string): void {
  const bytes = Buffer.byteLength(text)
  if (!file.endsWith('.yaml') || bytes <= mostYamlBytes) return
  const [has, most] = [bytes, mostYamlBytes].map((size) => (size / 2 ** 20).toFixed(1))
  throw new GraftError(
    'pack.invalid',
    `${file} would be ${has} MiB, ${most} are read at most. Put terms into a lexicon instead of rules, or make two packs of this one.`,
    { file },
  )
}
