/** Rows in coordinates u in which the curvature of a loss is close to the identity. */
export interface Preconditioned {
  /** [rows, width]: z' = C⁻¹ z. */
  readonly z: Float64Array
  /** Coefficients [width, classes] of `z` as coefficients of the rows that were given: C⁻ᵀ u. */
  lift(coefficients: Float64Array, classes: number): Float64Array
}

/**
 * With P = ridge · I + curvature · Σ_i w_i z_i z_iᵀ = C Cᵀ and u = Cᵀ v. Where `curvature` bounds
 * the second derivative of each row's loss, P bounds the Hessian (Böhning & Lindsay 1988), and a
 * search over u takes few steps. Since ‖u‖² = vᵀ P v,
 *
 *     ridge ‖v‖² = ‖u‖² − curvature · Σ_i w_i (z_i · v)².
 *
 * @param z [rows, width]
 */
export function precondition(
  z: Float64Array,
  rows: number,
  width: number,
  ridge: number,
  curvature: number,
  weightOf: (row: number) => number,
): Preconditioned {
  const factor = new Float64Array(width * width)
  for (let j = 0; j < width; j += 1) factor[j * width + j] = ridge
  for (let i = 0; i < rows; i += 1) {
    const row = z.subarray(i * width, (i + 1) * width)
    const weight = curvature * weightOf(i)
    for (let j = 0; j < width; j += 1) {
      const scaled = weight * (row[j] ?? 0)
      if (scaled === 0) continue
      const from = j * width
      for (let k = 0; k <= j; k += 1)
        factor[from + k] = (factor[from + k] ?? 0) + scaled * (row[k] ?? 0)
    }
  }
  cholesky(factor, width)
  const solved = z.slice()
  for (let i = 0; i < rows; i += 1) {
    forwardSolve(factor, width, solved.subarray(i * width, (i + 1) * width))
  }
  return { z: solved, lift: (coefficients, classes) => lift(factor, width, coefficients, classes) }
}

/** Lower factor of a positive definite matrix [size, size], in place of its lower half. */
function cholesky(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const row = matrix.subarray(i * size, i * size + i + 1)
    for (let j = 0; j <= i; j += 1) {
      const other = matrix.subarray(j * size, j * size + j + 1)
      let sum = row[j] ?? 0
      for (let k = 0; k < j; k += 1) sum -= (row[k] ?? 0) * (other[k] ?? 0)
      row[j] = j === i ? Math.sqrt(sum) : sum / (other[j] ?? 1)
    }
  }
}

/** C⁻¹ x, in place. */
function forwardSolve(factor: Float64Array, size: number, x: Float64Array): void {
  for (let j = 0; j < size; j += 1) {
    const row = factor.subarray(j * size, j * size + j + 1)
    let sum = x[j] ?? 0
    for (let k = 0; k < j; k += 1) sum -= (row[k] ?? 0) * (x[k] ?? 0)
    x[j] = sum / (row[j] ?? 1)
  }
}

/** C⁻ᵀ u for each class. */
function lift(
  factor: Float64Array,
  size: number,
  coefficients: Float64Array,
  classes: number,
): Float64Array {
  const lifted = coefficients.slice()
  for (let j = size - 1; j >= 0; j -= 1) {
    const from = j * size
    for (let c = 0; c < classes; c += 1) {
      const value = (lifted[j * classes + c] ?? 0) / (factor[from + j] ?? 1)
      lifted[j * classes + c] = value
      for (let k = 0; k < j; k += 1) {
        const at = k * classes + c
        lifted[at] = (lifted[at] ?? 0) - (factor[from + k] ?? 0) * value
      }
    }
  }
  return lifted
}
