import type { KnowledgePack, PackContent, PackCounts, PackId, PackProblem } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { manifestFile } from '../data/pack/manifest'
import { requireUsable } from '../data/pack/problems'
import { readPack } from '../data/pack/read-pack'
import { hashCorpus, hashPack, writePack } from '../data/pack/write-pack'
import { checkContent } from '../knowledge/check-content'
import { buildFolderAtomic } from '../platform/atomic'
import { diskBytes } from '../platform/disk'
import { findPack, insertPack, listPacks, transaction } from '../store'
import type { Context } from './context'
import { newId } from './ids'
import { requirePack } from './references'
import { packFolder } from './run-folder'

/** What a pack says, and everything that is wrong with it. */
export interface InspectedPack {
  readonly content: PackContent
  readonly problems: readonly PackProblem[]
}

/** Reads the folder of a pack and checks both its files and what they say. */
export async function inspectPack(folder: string, signal?: AbortSignal): Promise<InspectedPack> {
  const { content, problems, placeOf } = await readPack(folder, signal)
  if (!problems.every(saysNothingOfLabels)) return { content, problems: firstOf(problems) }
  const told = new Set(problems.map(placeKey))
  // A part that cannot be read is not there; that the pack says nothing does not follow.
  const isWhole = problems.every(({ severity }) => severity === 'warning')
  const more = checkContent(content, placeOf).filter(
    (problem) => !told.has(placeKey(problem)) && (isWhole || !isOfWhole(problem)),
  )
  return { content, problems: firstOf([...problems, ...more]) }
}

/** Of the pack as a whole: that it says nothing. */
const isOfWhole = ({ severity, field }: PackProblem): boolean =>
  severity === 'warning' && field === 'name'

/** Where pack.yaml or its list of labels cannot be read, every label would seem unknown. */
const saysNothingOfLabels = ({ severity, file, field }: PackProblem): boolean =>
  severity === 'warning' || file !== manifestFile || (field !== null && field !== 'labels')

/** A field that cannot be read is not checked for what it says as well. */
const placeKey = ({ file, line, field }: PackProblem): string => [file, line, field].join('\0')

/** A table with the wrong separator has a problem a line: more than these help nobody. */
const mostProblems = 1000

/** Errors before warnings where not all can be told. */
function firstOf(problems: readonly PackProblem[]): readonly PackProblem[] {
  if (problems.length <= mostProblems) return problems
  const errors = problems.filter(({ severity }) => severity === 'error')
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  const rest: PackProblem = {
    severity: errors.length > 0 ? 'error' : 'warning',
    file: manifestFile,
    line: null,
    field: null,
    message: `${problems.length - mostProblems} more problems are not listed. Mend these first.`,
  }
  return [...[...errors, ...warnings].slice(0, mostProblems), rest]
}

/** A pack of the workspace with what it says. Throws notFound, pack.invalid for a damaged folder. */
export async function loadPack(
  context: Context,
  reference: string,
): Promise<{ readonly pack: KnowledgePack; readonly content: PackContent }> {
  const pack = requirePack(context.db, reference)
  const { content, problems } = await readPack(packFolder(context.workspace, pack.hash))
  requireUsable(`${pack.name}@${pack.version}`, problems)
  return { pack, content }
}

export interface KeptPack {
  readonly pack: KnowledgePack
  /** The version it came with, where other content has that one; null: it kept its version. */
  readonly takenVersion: number | null
}

/** The last pack that each engine keeps: versions are given to one at a time. */
const turns = new WeakMap<Context, Promise<unknown>>()

/**
 * Takes a pack into the workspace; the texts of its corpus are copied from the folder of another.
 * The same content gives the pack that is there; other content under a known name and version gets
 * the next free version. Throws pack.invalid.
 */
export function keepPack(
  context: Context,
  content: PackContent,
  corpusFrom: string | null,
  signal?: AbortSignal,
): Promise<KeptPack> {
  const before = turns.get(context) ?? Promise.resolve()
  const kept = before.then(() => keepInTurn(context, content, corpusFrom, signal))
  turns.set(
    context,
    kept.catch(() => undefined),
  )
  return kept
}

async function keepInTurn(
  context: Context,
  content: PackContent,
  corpusFrom: string | null,
  signal: AbortSignal | undefined,
): Promise<KeptPack> {
  const { db, workspace, events } = context
  requireUsable(content.name, checkContent(content))
  requireCorpus(content, corpusFrom)
  const corpus =
    corpusFrom === null ? new Map<string, string>() : await hashCorpus(content, corpusFrom, signal)
  const taken = versionsOf(context, content.name)
  const takenVersion = taken.includes(content.version) ? content.version : null
  for (const version of new Set([content.version, ...taken])) {
    const known = findPack(db, hashPack({ ...content, version }, corpus))
    if (known !== null) {
      return { pack: known, takenVersion: version === content.version ? null : content.version }
    }
  }
  const version = takenVersion === null ? content.version : Math.max(...taken) + 1
  const kept = { ...content, version }
  const hash = hashPack(kept, corpus)
  const folder = packFolder(workspace, hash)
  await buildFolderAtomic(folder, (target) => writePack(kept, target, corpusFrom), 'keep')
  const bytes = await diskBytes(folder)
  const pack = transaction(db, () => {
    const found = findPack(db, hash)
    if (found !== null) return found
    const added: KnowledgePack = {
      id: newId<PackId>('pack'),
      name: kept.name,
      version: kept.version,
      language: kept.language,
      labels: kept.labels,
      hash,
      licence: kept.licence,
      counts: countsOf(kept),
      bytes,
      createdAt: context.now(),
    }
    insertPack(db, added)
    return added
  })
  events.publish('packs.changed', {})
  return { pack, takenVersion }
}

const versionsOf = ({ db }: Context, name: string): readonly number[] =>
  listPacks(db)
    .filter((pack) => pack.name.toLowerCase() === name.toLowerCase())
    .map((pack) => pack.version)

/** Every text of the corpus has to come from somewhere. */
function requireCorpus({ name, corpus }: PackContent, corpusFrom: string | null): void {
  const [first] = corpus
  if (first === undefined || corpusFrom !== null) return
  throw new GraftError(
    'pack.invalid',
    `The pack ${name} names the corpus ${first.file}, whose text is not there. Name the pack it comes from, or take it out.`,
    { file: first.file },
  )
}

/** How much of each part a pack has. */
export const countsOf = (content: PackContent): PackCounts => ({
  lexicons: content.lexicons.length,
  terms: content.lexicons.reduce((sum, { entries }) => sum + entries.length, 0),
  rules: content.rules.length,
  triples: content.triples.length,
  vocabulary: content.vocabulary.length,
  rationales: content.rationales.length,
  corpusLines: content.corpus.reduce((sum, { lines }) => sum + lines, 0),
})
