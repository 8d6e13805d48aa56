import { basename, resolve } from 'node:path'
import type { Ablation, KnowledgePack } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { deletePack, listAblationsOfPack, listPacks, listRunsOfPack, transaction } from '../store'
import type { Context } from './context'
import { removeContentFolder, requireUnused } from './deletion'
import type { HandlersOf } from './handlers'
import type { Jobs } from './jobs'
import { packAnalysisHandlers } from './pack-analysis'
import { exportPack, requirePackTarget } from './pack-export'
import { importPack } from './pack-import'
import { keepPack, loadPack } from './pack-store'
import { requirePack } from './references'
import { packFolder } from './run-folder'
import { takeIn } from './uploads'

export function packHandlers(context: Context, jobs: Jobs): HandlersOf<'packs'> {
  const { db, workspace, events } = context
  return {
    ...packAnalysisHandlers(context, jobs),
    'packs.list': () => listPacks(db),
    'packs.get': ({ pack }) => loadPack(context, pack),
    'packs.import': ({ path, name }) =>
      jobs.start({
        kind: 'pack.import',
        title: name ?? basename(path),
        work: (control) =>
          takeIn(workspace, resolve(path), () => importPack(context, resolve(path), name, control)),
      }),
    'packs.export': async ({ pack: reference, output, overwrite }) => {
      const pack = requirePack(db, reference)
      const target = resolve(output)
      await requirePackTarget(target, overwrite)
      return jobs.start({
        kind: 'pack.export',
        title: `${nameOf(pack)} to ${basename(target)}`,
        work: ({ signal }) => exportPack(context, pack, target, signal),
      })
    },
    'packs.save': async ({ content, base: reference }) => {
      const base = reference === undefined ? null : await loadPack(context, reference)
      const known = new Set(base?.content.corpus.map(({ file }) => file))
      const missing = content.corpus.find(({ file }) => !known.has(file))
      if (missing !== undefined) {
        throw new GraftError(
          'pack.invalid',
          base === null
            ? `The corpus ${missing.file} has no text: name the pack it comes from as base.`
            : `${nameOf(base.pack)} has no corpus ${missing.file}. Add its text in a folder and import that.`,
          { file: missing.file },
        )
      }
      // Its lines were counted when the base came in; a front cannot know better.
      const corpus = (base?.content.corpus ?? []).filter(({ file }) =>
        content.corpus.some((each) => each.file === file),
      )
      const from = base === null ? null : packFolder(workspace, base.pack.hash)
      return (await keepPack(context, { ...content, corpus }, from)).pack
    },
    'packs.delete': async ({ pack: reference }) => {
      const pack = requirePack(db, reference)
      transaction(db, () => {
        requireUnused(`Pack "${nameOf(pack)}"`, listRunsOfPack(db, pack.id))
        requireNoAblation(pack, listAblationsOfPack(db, pack.id))
        deletePack(db, pack.id)
      })
      events.publish('packs.changed', {})
      return { bytes: await removeContentFolder(packFolder(workspace, pack.hash)) }
    },
  }
}

const nameOf = ({ name, version }: KnowledgePack): string => `${name}@${version}`

function requireNoAblation(pack: KnowledgePack, ablations: readonly Ablation[]): void {
  if (ablations.length === 0) return
  const named = ablations.slice(0, 10).map(({ number }) => `#${number}`)
  throw new GraftError(
    'conflict',
    `Pack "${nameOf(pack)}" is used by ablation ${named.join(', ')}. Delete it first.`,
    { pack: pack.id, ablations: ablations.map(({ id }) => id) },
  )
}
