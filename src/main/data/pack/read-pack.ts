import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Lexicon, PackContent, PackProblem } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { describeFileError } from '../../platform/files'
import { parseYaml } from '@shared/yaml'
import { corpusFolder, namesIn, readCorpus } from './corpus'
import { checkTable, readLexicon } from './lexicons'
import type { Manifest, PartName } from './manifest'
import { manifestFile, partFiles, readManifest, unreadManifest } from './manifest'
import type { NamedFile } from './pack-files'
import {
  readInvariances,
  readPriors,
  readRationales,
  readRules,
  readTriples,
  readVocabulary,
} from './parts'
import type { PackPath, Place } from './problems'
import { PackNotes } from './problems'
import { readYamlPart, YamlPart } from './yaml-part'

const lexiconFolder = 'lexicons'

export interface PackReading {
  /** What could be read; with errors among the problems it is not the whole pack. */
  readonly content: PackContent
  /** What is wrong with the files. What they say is checked by `checkContent` of the knowledge. */
  readonly problems: readonly PackProblem[]
  /** Where a part of the content is written, such as `['rules', 2, 'label']`. */
  readonly placeOf: (path: PackPath) => Place | null
}

/**
 * Reads the folder of a knowledge pack (docs/knowledge-packs.md). Mistakes do not end the reading:
 * every one is a problem with its file and line. Throws file.notFound where there is no folder.
 */
export async function readPack(given: string, signal?: AbortSignal): Promise<PackReading> {
  const folder = resolve(given)
  const found = await stat(folder).catch((error: unknown) => {
    throw describeFileError(error, folder)
  })
  if (!found.isDirectory()) {
    throw new GraftError('file.notReadable', `${folder} is no folder; a pack is a folder or zip.`, {
      path: folder,
    })
  }
  const notes = new PackNotes()
  const start: Place = { file: manifestFile, line: null }
  const file = { name: manifestFile, statedAt: start, required: false }
  const written = await readYamlPart(folder, file, notes)
  if (written === null && notes.problems.length === 0) {
    notes.error(start, null, `The folder has no ${manifestFile}, so it is no pack.`)
    return reading(emptyContent, notes)
  }
  const part = written ?? new YamlPart(manifestFile, parseYaml(''), notes)
  const manifest =
    (written === null ? null : readManifest(written)) ?? unreadManifest(await usualTables(folder))
  for (const name of Object.keys(emptyContent)) notes.put([name], part.place([name]))
  const lexicons: Lexicon[] = []
  for (const each of manifest.lexicons) {
    lexicons.push(await readLexicon(folder, each, part, lexicons.length, notes))
  }
  for (const table of manifest.refusedTables) {
    await checkTable(folder, table, part.place(['lexicons']), notes)
  }
  const fileOf = (name: PartName): NamedFile => ({
    name: manifest.parts[name] ?? partFiles[name],
    statedAt: part.place([name]),
    required: manifest.parts[name] !== undefined,
  })
  const { name, version, language, labels, description, licence, sources } = manifest
  const content: PackContent = {
    ...{ name, version, language, labels, description, licence, sources, lexicons },
    rules: await readRules(folder, fileOf('rules'), notes),
    triples: await readTriples(folder, fileOf('graph'), notes),
    vocabulary: await readVocabulary(folder, fileOf('vocabulary'), notes),
    priors: await readPriors(folder, fileOf('priors'), notes),
    rationales: await readRationales(folder, fileOf('rationales'), notes),
    invariances: await readInvariances(folder, fileOf('invariances'), notes),
    corpus: await readCorpus(folder, manifest.corpus, part.place(['corpus']), notes, signal),
  }
  await noteUnread(folder, manifest, content, notes)
  return reading(content, notes)
}

const reading = (content: PackContent, notes: PackNotes): PackReading => ({
  content,
  problems: notes.problems,
  placeOf: (path) => notes.placeOf(path),
})

const emptyContent: PackContent = {
  name: '',
  version: 1,
  language: 'und',
  labels: [],
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
}

/** Tables where lexicons usually lie. */
async function usualTables(root: string): Promise<readonly string[]> {
  const names = (await namesIn(join(root, lexiconFolder), '.csv')) ?? []
  return names.map((name) => `${lexiconFolder}/${name}`)
}

/** Files that belong to no part are told of, so that nobody believes they are used. */
async function noteUnread(
  root: string,
  manifest: Manifest,
  content: PackContent,
  notes: PackNotes,
): Promise<void> {
  const known = new Set<string>([
    manifestFile,
    ...Object.entries(partFiles).map(([name, file]) => manifestPart(manifest, name) ?? file),
    ...manifest.lexicons.flatMap(({ file, intensifiers }) => [file, intensifiers?.file ?? file]),
    ...manifest.refusedTables,
    ...content.corpus.map(({ file }) => file),
    ...notes.problems.map(({ file }) => file),
  ])
  const unread = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.name.startsWith('.') || known.has(file)) continue
      if (!entry.isDirectory()) {
        const message = `${manifestFile} does not name this file: not read.`
        notes.warning({ file, line: null }, null, message)
      } else if ([lexiconFolder, corpusFolder].includes(file)) await unread(file)
    }
  }
  await unread('')
}

const manifestPart = (manifest: Manifest, name: string): string | undefined =>
  Object.entries(manifest.parts).find(([part]) => part === name)?.[1]
