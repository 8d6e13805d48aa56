import { setImmediate } from 'node:timers/promises'
import type { ParsedInputOf } from '@shared/contract'
import type { Dataset, DataRow, Mining, PackContent } from '@shared/domain'
import { recipeSchema } from '@shared/domain/recipe'
import { readSnapshotRows } from '../data/snapshot-reader'
import { splitRows } from '../data/splits'
import { mineInSteps, stepsOf } from '../knowledge/mining'
import { finishInTurns, rowsAStep } from '../knowledge/steps'
import { Sample } from './analysis-rows'
import type { Context } from './context'
import { throwIfCancelled, type JobControl } from './jobs'
import { datasetFolder } from './run-folder'

type MiningInput = Omit<ParsedInputOf<'packs.mine'>, 'dataset' | 'pack'>

/** Rows that rules are mined from; of more, so many are drawn. */
const mostRows = 200_000

/**
 * Rules that the labelled training rows of a dataset suggest. The rows are those that a run with
 * this seed and number of training rows trains on, with the recipe's own shares for validation and
 * test: what a run of this seed is judged by is never mined. Throws as splitRows does.
 */
export async function minePack(
  { workspace }: Context,
  dataset: Dataset,
  known: PackContent | undefined,
  { trainRows, seed, ...options }: MiningInput,
  { signal, report }: JobControl,
): Promise<Mining> {
  if (dataset.task === 'regression') return { rules: [], clear: true }
  const folder = datasetFolder(workspace, dataset.hash)
  const light: Pick<DataRow, 'part' | 'label'>[] = []
  const total = dataset.rows
  const read = (done: number): void => {
    if (done % rowsAStep !== 0) return
    throwIfCancelled(signal)
    report({ label: 'Reading the rows', done, total: 2 * total, unit: 'rows' })
  }
  for await (const { part, label } of readSnapshotRows(folder)) {
    read(light.length)
    light.push({ part, label })
  }
  const { validation, test } = recipeSchema.shape.data.parse({ dataset: dataset.id })
  const split = splitRows(light, { validation, test, trainRows, seed })
  const [train, unlabelled] = [new Set(split.train), new Set(split.unlabelled)]
  const sample = new Sample<DataRow>(mostRows)
  let at = 0
  for await (const row of readSnapshotRows(folder)) {
    read(total + at)
    if (train.has(at)) sample.add({ ...row, part: 'train' })
    else if (unlabelled.has(at)) sample.add({ ...row, part: 'train', label: null })
    at += 1
  }
  const steps = mineInSteps(sample.items, dataset.labels, { ...options, known })
  let step = 0
  const most = stepsOf(sample.items.length)
  return finishInTurns(steps, () => {
    throwIfCancelled(signal)
    step = Math.min(step + 1, most)
    report({ label: 'Looking for rules', done: step, total: most, unit: 'steps' })
    return setImmediate()
  })
}
