import { join } from 'node:path'
import type { PredictionInput, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { z } from 'zod'
import { readSnapshotRows } from '../data/snapshot-reader'
import { exists } from '../platform/files'
import { readLines } from '../platform/lines'
import { findRows } from './row-texts'
import { datasetFolder, runFolder } from './run-folder'
import type { Workspace } from './workspace'

const mostRows = 200

const predictedSchema = z.object({ row: z.int() })

/** Up to 200 texts that an export is checked on: rows the run was tested on, else of its dataset. */
export async function checkedRows(
  workspace: Workspace,
  run: Run,
): Promise<readonly PredictionInput[]> {
  const tested = await testedRows(workspace, run)
  if (tested.length > 0) {
    const found = await findRows(workspace, run.datasetHash, new Set(tested))
    return [...found.values()].map(({ text, pair, columns }) => ({ text, pair, columns }))
  }
  const inputs: PredictionInput[] = []
  for await (const { text, pair, columns } of readSnapshotRows(
    datasetFolder(workspace, run.datasetHash),
  )) {
    inputs.push({ text, pair, columns })
    if (inputs.length >= mostRows) break
  }
  return inputs
}

async function testedRows(workspace: Workspace, run: Run): Promise<readonly number[]> {
  for (const part of ['test', 'validation']) {
    const path = join(runFolder(workspace, run.id), 'predictions', `${part}.jsonl`)
    if (!(await exists(path))) continue
    const rows: number[] = []
    for await (const { bytes, number } of readLines(path)) {
      if (rows.length >= mostRows) break
      rows.push(parseRow(bytes, path, number))
    }
    return rows
  }
  return []
}

function parseRow(bytes: Buffer, path: string, line: number): number {
  try {
    return predictedSchema.parse(JSON.parse(bytes.toString('utf8'))).row
  } catch (error) {
    throw new GraftError(
      'data.format',
      `${path}, line ${line} is damaged.`,
      { path },
      { cause: error },
    )
  }
}
