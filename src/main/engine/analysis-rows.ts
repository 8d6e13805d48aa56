import { setImmediate } from 'node:timers/promises'
import type { Dataset } from '@shared/domain'
import { readSnapshotRows } from '../data/snapshot-reader'
import type { LintRow, LintRows } from '../knowledge/lint-rows'
import { prepareInSteps } from '../knowledge/lint-rows'
import { VoteMemory } from '../knowledge/piece-votes'
import { finishInTurns } from '../knowledge/steps'
import { createRandom } from '../platform/random'
import { datasetFolder } from './run-folder'
import type { Workspace } from './workspace'

/** Rows of a dataset that packs are measured on, and what was measured already. */
export interface AnalysisRows {
  readonly rows: LintRows
  readonly memory: VoteMemory
  /** Test rows that stand in the corpus of a pack, by the pack's hash. */
  readonly leaks: Map<string, ReadonlySet<number>>
}

/** More rows say no more of a rule: of larger datasets so many are drawn, always the same ones. */
const mostRows = 200_000
/** Datasets whose rows stay in memory for the next edit. */
const mostDatasets = 2

/** Keeps the rows of the datasets that were looked at last. */
export class AnalysisCache {
  readonly #workspace: Workspace
  readonly #known = new Map<string, Promise<AnalysisRows>>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  rows(dataset: Dataset): Promise<AnalysisRows> {
    const known = this.#known.get(dataset.hash)
    const rows = known ?? this.#load(dataset)
    this.#known.delete(dataset.hash)
    this.#known.set(dataset.hash, rows)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostDatasets) break
      this.#known.delete(oldest)
    }
    return rows
  }

  #load(dataset: Dataset): Promise<AnalysisRows> {
    const loading = loadRows(this.#workspace, dataset)
    loading.catch(() => {
      if (this.#known.get(dataset.hash) === loading) this.#known.delete(dataset.hash)
    })
    return loading
  }
}

async function loadRows(workspace: Workspace, dataset: Dataset): Promise<AnalysisRows> {
  const sample = new Sample<LintRow>(mostRows)
  for await (const row of readSnapshotRows(datasetFolder(workspace, dataset.hash))) sample.add(row)
  const rows = sample.items.toSorted((a, b) => a.id - b.id)
  const exclusive = dataset.task !== 'multi-label'
  const steps = prepareInSteps(rows, dataset.labels, exclusive)
  const prepared = await finishInTurns(steps, () => setImmediate())
  return { rows: prepared, memory: new VoteMemory(), leaks: new Map() }
}

/** At most so many items out of a stream, each as likely as any other (Vitter 1985, algorithm R). */
export class Sample<T> {
  readonly items: T[] = []
  readonly #most: number
  readonly #random = createRandom(0)
  #seen = 0

  constructor(most: number) {
    this.#most = most
  }

  add(item: T): void {
    this.#seen += 1
    if (this.items.length < this.#most) {
      this.items.push(item)
      return
    }
    const at = this.#random.below(this.#seen)
    if (at < this.#most) this.items[at] = item
  }
}
