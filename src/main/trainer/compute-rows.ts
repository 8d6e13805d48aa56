import { evaluationBatches } from '../data/batches'

/**
 * What a model makes of every row, [rows, width] in the order of the rows, computed in batches of
 * rows of similar length. `compute` gives [batch, width] for the positions of a batch; `afterBatch`
 * is awaited with the rows done so far, and what it throws ends the work.
 */
export async function computeRows(
  lengths: Int32Array,
  width: number,
  compute: (positions: Int32Array) => Float32Array,
  afterBatch: (rowsDone: number) => Promise<void>,
): Promise<Float32Array> {
  const values = new Float32Array(lengths.length * width)
  let done = 0
  for (const batch of evaluationBatches({ lengths })) {
    const found = compute(batch)
    batch.forEach((position, index) => {
      values.set(found.subarray(index * width, (index + 1) * width), position * width)
    })
    done += batch.length
    await afterBatch(done)
  }
  return values
}

/** The same for some rows of many: `lengths` are those of all, `compute` gets rows. */
export const computeSomeRows = (
  rows: Int32Array,
  lengths: Int32Array,
  width: number,
  compute: (rows: Int32Array) => Float32Array,
  afterBatch: (rowsDone: number) => Promise<void>,
): Promise<Float32Array> =>
  computeRows(
    rows.map((row) => lengths[row] ?? 0),
    width,
    (positions) => compute(positions.map((at) => rows[at] ?? 0)),
    afterBatch,
  )
