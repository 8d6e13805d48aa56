import { join } from 'node:path'
import type { RowVerdict } from '@shared/contract'
import type { DataRow, Run, TaskKind } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { z } from 'zod'
import { exists } from '../platform/files'
import { readLines } from '../platform/lines'
import { requireDataset } from './references'
import type { Context } from './context'
import { runFolder } from './run-folder'
import { findRows } from './row-texts'

interface Predicted {
  readonly label: string
  readonly predicted: string
  readonly probability: number
}

const lineSchema = z.object({
  row: z.int(),
  label: z.string(),
  predicted: z.string(),
  logits: z.array(z.number()),
})

export type Show = 'all' | 'wrong' | 'disagree'

/** Test rows with the verdict of each run; rows that not every run predicted are left out. */
export async function rowVerdicts(
  context: Context,
  runs: readonly Run[],
  options: { readonly show: Show; readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly rows: readonly RowVerdict[] }> {
  const [first] = runs
  if (first === undefined) return { total: 0, rows: [] }
  const other = runs.find((run) => run.datasetHash !== first.datasetHash)
  if (other !== undefined) {
    throw new GraftError(
      'conflict',
      `Runs #${first.number} and #${other.number} were tested on different datasets.`,
      { runs: [first.id, other.id] },
    )
  }
  const dataset = requireDataset(context.db, first.dataset)
  const all = await Promise.all(runs.map((run) => readPredictions(context, run, dataset.task)))
  const chosen = chooseRows(all, options.show)
  const page = chosen.slice(options.offset, options.offset + options.limit)
  const found = await findRows(context.workspace, first.datasetHash, new Set(page))
  const rows = page.map((row): RowVerdict => {
    const verdicts = all.flatMap((each) => each.get(row) ?? [])
    return {
      row,
      text: textOf(found.get(row)),
      label: verdicts[0]?.label ?? '',
      verdicts: verdicts.map(({ predicted, probability }) => ({ predicted, probability })),
    }
  })
  return { total: chosen.length, rows }
}

const textOf = (row: DataRow | undefined): string => {
  if (row === undefined) return ''
  return row.pair === null ? row.text : `${row.text}\n${row.pair}`
}

function chooseRows(all: readonly ReadonlyMap<number, Predicted>[], show: Show): number[] {
  const [first, ...others] = all
  if (first === undefined) return []
  return [...first.keys()].filter((row) => {
    const verdicts = all.flatMap((each) => each.get(row) ?? [])
    if (verdicts.length !== others.length + 1) return false
    if (show === 'wrong') return verdicts.some((each) => each.predicted !== each.label)
    if (show === 'disagree') return new Set(verdicts.map((each) => each.predicted)).size > 1
    return true
  })
}

/** What a run said of each test row, by row id. Throws run.stateInvalid, data.format. */
export async function readPredictions(
  { workspace }: Context,
  run: Run,
  task: TaskKind,
): Promise<ReadonlyMap<number, Predicted>> {
  const path = join(runFolder(workspace, run.id), 'predictions', 'test.jsonl')
  if (!(await exists(path))) {
    throw new GraftError(
      'run.stateInvalid',
      `Run #${run.number} has no test predictions: it did not reach its test, or it has no test rows.`,
      { run: run.id },
    )
  }
  const found = new Map<number, Predicted>()
  for await (const line of readLines(path)) {
    const value = lineSchema.safeParse(parse(line.bytes, path, line.number))
    if (!value.success) throw damaged(path, line.number)
    const { row, label, predicted, logits } = value.data
    found.set(row, { label, predicted, probability: sureness(logits, task) })
  }
  return found
}

function parse(bytes: Buffer, path: string, line: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, line)
    throw error
  }
}

const damaged = (path: string, line: number): GraftError =>
  new GraftError('data.format', `${path}, line ${line} is damaged.`, { path, line })

/** Probability of what was predicted: of the class, of the least sure of several labels, or 1. */
export function sureness(logits: readonly number[], task: TaskKind): number {
  switch (task) {
    case 'single-label': {
      const greatest = Math.max(...logits)
      return 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - greatest), 0)
    }
    case 'multi-label':
      return Math.min(...logits.map((logit) => 1 / (1 + Math.exp(-Math.abs(logit)))))
    case 'regression':
      return 1
  }
}
