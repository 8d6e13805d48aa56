import { z } from 'zod'
import { matchKinds } from '@shared/domain'
import { scalarText } from '@shared/domain/rule-file'
import type { YamlPart } from './yaml-part'

export const manifestFile = 'pack.yaml'

/** Parts of a pack that are one file each, with the name it has where none is stated. */
export const partFiles = {
  rules: 'rules.yaml',
  graph: 'graph.csv',
  vocabulary: 'vocabulary.txt',
  priors: 'priors.yaml',
  rationales: 'rationales.csv',
  invariances: 'invariances.yaml',
} as const

export type PartName = keyof typeof partFiles

const partNames = ['rules', 'graph', 'vocabulary', 'priors', 'rationales', 'invariances'] as const

const name = z.string().trim().min(1).max(200)
const path = z.string().trim().min(1).max(1000)
const window = z.int().min(1).max(50).default(3)
const texts = z.array(scalarText)

/** Factor −0.74 and window 3: Hutto & Gilbert 2014, section 3.2. */
const negation = z.strictObject({
  words: texts,
  suffixes: texts.default([]),
  window,
  factor: z.number().min(-10).max(10).default(-0.74),
})

/** Decay 0.95 a word: Hutto & Gilbert 2014, section 3.2. */
const intensifiers = z
  .strictObject({
    words: z.record(z.string(), z.number()).optional(),
    file: path.optional(),
    window,
    decay: z.number().min(0).max(1).default(0.95),
  })
  .refine(({ words, file }) => (words === undefined) !== (file === undefined), {
    message: 'Write either words or a file of them.',
  })

/** Factors 0.5 and 1.5: vaderSentiment 3.3.2; the heuristic: Hutto & Gilbert 2014, section 3.3. */
const contrast = z.strictObject({
  words: texts,
  before: z.number().min(0).max(10).default(0.5),
  after: z.number().min(0).max(10).default(1.5),
})

const lexicon = z.strictObject({
  file: path,
  match: z.enum(matchKinds).default('word'),
  caseSensitive: z.boolean().default(false),
  valence: z.strictObject({ above: scalarText, below: scalarText }).nullable().default(null),
  negation: negation.nullable().default(null),
  intensifiers: intensifiers.nullable().default(null),
  contrast: contrast.nullable().default(null),
})

const fields = {
  name: scalarText.pipe(name),
  version: z.int().min(1).default(1),
  language: z.string().trim().min(1).max(35).default('und'),
  labels: z.array(z.unknown()).default([]),
  description: z.string().default(''),
  licence: z.string().nullable().default(null),
  sources: z.union([z.string().transform((text) => [text]), z.array(z.string())]).default([]),
}

export type ManifestLexicon = z.output<typeof lexicon> & {
  /** Its place in the list of the manifest. */
  readonly index: number
}

export interface Manifest {
  readonly name: string
  readonly version: number
  readonly language: string
  readonly labels: readonly string[]
  readonly description: string
  readonly licence: string | null
  readonly sources: readonly string[]
  readonly lexicons: readonly ManifestLexicon[]
  /** Tables of lexicons whose settings are wrong: they are read for their own mistakes alone. */
  readonly refusedTables: readonly string[]
  /** Files of the parts that the manifest names. */
  readonly parts: Readonly<Partial<Record<PartName, string>>>
  /** Files or folders of the corpus; null: corpus/*.txt. */
  readonly corpus: readonly string[] | null
}

const label = scalarText.pipe(name)

const knownFields = [...Object.keys(fields), 'lexicons', ...partNames, 'corpus']

/** Checks the manifest; what is wrong goes to the notes and is left out. Null: no manifest at all. */
export function readManifest(part: YamlPart): Manifest | null {
  const given = part.fields(knownFields)
  if (given === null) return null
  const field = <T>(key: string, schema: z.ZodType<T>, fallback: T): T =>
    part.check(schema, given[key], [key], fallback)
  const parts: Partial<Record<PartName, string>> = {}
  for (const key of partNames) {
    const file = field(key, path.nullable().optional(), null)
    if (typeof file === 'string') parts[key] = file
  }
  const about = {
    name: field('name', fields.name, ''),
    version: field('version', fields.version, 1),
    language: field('language', fields.language, 'und'),
    labels: field('labels', fields.labels, []).flatMap(
      (each, index) => part.check(label.nullable(), each, ['labels', index], null) ?? [],
    ),
    description: field('description', fields.description, ''),
    licence: field('licence', fields.licence, null),
    sources: field('sources', fields.sources, []),
  }
  const stated = field('lexicons', z.array(z.unknown()).nullable().default(null), null) ?? []
  const lexicons = stated.map((each, index) => {
    const read = part.check(lexicon.nullable(), each, ['lexicons', index], null)
    return { stated: each, read: read === null ? null : { ...read, index } }
  })
  return {
    ...about,
    lexicons: lexicons.flatMap(({ read }) => read ?? []),
    refusedTables: lexicons.flatMap(({ stated, read }) =>
      read === null ? (z.looseObject({ file: path }).safeParse(stated).data?.file ?? []) : [],
    ),
    parts,
    corpus: field('corpus', corpus.nullable().default(null), null),
  }
}

/** Stands for a manifest that cannot be read: the files of the usual names are looked through. */
export const unreadManifest = (tables: readonly string[]): Manifest => ({
  ...{ name: '', version: 1, language: 'und', labels: [], description: '', licence: null },
  ...{ sources: [], lexicons: [], refusedTables: tables, parts: {}, corpus: null },
})

const corpus = z.union([path.transform((text) => [text]), z.array(path)])
