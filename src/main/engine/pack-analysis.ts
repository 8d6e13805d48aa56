import { join } from 'node:path'
import type { ParsedInputOf } from '@shared/contract'
import type { PackContent, PackReport } from '@shared/domain'
import { lintPack, reportWithoutRows } from '../knowledge/linter'
import { exists } from '../platform/files'
import { readLines } from '../platform/lines'
import { isInside } from '../platform/paths'
import type { AnalysisRows } from './analysis-rows'
import { AnalysisCache } from './analysis-rows'
import type { Context } from './context'
import type { HandlersOf } from './handlers'
import type { Jobs } from './jobs'
import { explainRows } from './pack-analysis-rows'
import { minePack } from './pack-mining'
import type { Corpus } from './pack-source'
import { withAnalysedPack } from './pack-source'
import { loadPack } from './pack-store'
import { requireDataset } from './references'

/** What packs are measured with: `packs.check`, `packs.rows`, `packs.mine`. */
export function packAnalysisHandlers(
  context: Context,
  jobs: Jobs,
): Pick<HandlersOf<'packs'>, 'packs.check' | 'packs.rows' | 'packs.mine'> {
  const cache = new AnalysisCache(context.workspace)
  return {
    'packs.check': (input) => checkPack(context, cache, input),
    'packs.rows': async ({ dataset: reference, ...input }) => {
      const dataset = requireDataset(context.db, reference)
      const rows = await cache.rows(dataset)
      return withAnalysedPack(context, input, ({ content }) =>
        explainRows(content, dataset, rows, input),
      )
    },
    'packs.mine': async ({ pack, dataset: reference, ...input }) => {
      const dataset = requireDataset(context.db, reference)
      const known = pack === undefined ? undefined : (await loadPack(context, pack)).content
      return jobs.start({
        kind: 'pack.mine',
        title: dataset.name,
        passing: true,
        work: (control) => minePack(context, dataset, known, input, control),
      })
    },
  }
}

async function checkPack(
  context: Context,
  cache: AnalysisCache,
  { dataset: reference, labels: map, ...source }: ParsedInputOf<'packs.check'>,
): Promise<PackReport> {
  const dataset = reference === undefined ? null : requireDataset(context.db, reference)
  const rows = dataset === null ? null : await cache.rows(dataset)
  return withAnalysedPack(context, source, async ({ content, problems, corpus }) => {
    if (dataset === null || rows === null) {
      return { ...reportWithoutRows(problems), milliseconds: 0 }
    }
    const leaked = corpus === null ? undefined : await corpusLeaks(corpus, content, rows)
    const start = performance.now()
    const report = lintPack({ content, labels: dataset.labels, map, ...rows, leaked })
    return { problems, ...report, milliseconds: performance.now() - start }
  })
}

/** Test rows in the texts of a pack's corpus; read once for each pack and dataset. */
async function corpusLeaks(
  corpus: Corpus,
  content: PackContent,
  { rows, leaks }: AnalysisRows,
): Promise<ReadonlySet<number>> {
  const files = content.corpus.map(({ file }) => file)
  const key = corpus.hash === null ? null : JSON.stringify([corpus.hash, files])
  const known = key === null ? undefined : leaks.get(key)
  if (known !== undefined) return known
  const found = new Set<number>()
  for (const file of files) {
    const path = join(corpus.folder, file)
    // A draft may name what is not there; its problems say so.
    if (!isInside(corpus.folder, path) || !(await exists(path))) continue
    for await (const { bytes } of readLines(path)) {
      rows.heldOut.find(bytes.toString('utf8'), found)
    }
  }
  if (key !== null) leaks.set(key, found)
  return found
}
