/** Temperatures that are tried: the loss is flat around its minimum. */
const temperatures = Array.from({ length: 25 }, (_, step) => 2 ** ((step - 8) / 4))

/**
 * Log-probabilities [rows, classes] at the temperature of least loss (Guo et al. 2017, 4.2): makes
 * models that are differently sure of themselves comparable.
 */
export function calibratedLogs(
  logits: ArrayLike<number>,
  y: Int32Array,
  classes: number,
): Float64Array {
  let best: { readonly loss: number; readonly logs: Float64Array } = {
    loss: Infinity,
    logs: new Float64Array(0),
  }
  for (const temperature of temperatures) {
    const logs = logSoftmax(logits, y.length, classes, temperature)
    let loss = 0
    y.forEach((label, row) => {
      loss -= logs[row * classes + label] ?? 0
    })
    if (loss < best.loss) best = { loss, logs }
  }
  return best.logs
}

function logSoftmax(
  logits: ArrayLike<number>,
  rows: number,
  classes: number,
  temperature: number,
): Float64Array {
  const logs = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row += 1) {
    let most = -Infinity
    for (let k = 0; k < classes; k += 1) {
      most = Math.max(most, (logits[row * classes + k] ?? 0) / temperature)
    }
    let sum = 0
    for (let k = 0; k < classes; k += 1) {
      sum += Math.exp((logits[row * classes + k] ?? 0) / temperature - most)
    }
    for (let k = 0; k < classes; k += 1) {
      const at = row * classes + k
      logs[at] = (logits[at] ?? 0) / temperature - most - Math.log(sum)
    }
  }
  return logs
}
