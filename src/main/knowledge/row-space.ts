/** Rows in coordinates of the space that they span. */
export interface RowSpace {
  /** [rows, width]: inner products of rows are those of the original ones. */
  readonly z: Float64Array
  readonly width: number
  /** Coefficients [width, classes] of `z` as coefficients [columns, classes] of the original rows. */
  lift(coefficients: Float64Array, classes: number): Float64Array
}

/**
 * With fewer rows than columns, a problem with a ridge has its solution in the span of the rows
 * (representer theorem, Kimeldorf & Wahba 1971): Z from the pivoted Cholesky factor of the Gram
 * matrix X Xᵀ = Z Zᵀ. Otherwise the rows as they are.
 *
 * @param x [rows, columns]
 */
export function reduceRows(x: Float64Array, rows: number, columns: number): RowSpace {
  if (rows >= columns) return { z: x, width: columns, lift: (coefficients) => coefficients }
  const { factor, pivots } = pivotedCholesky(gram(x, rows, columns), rows)
  const width = pivots.length
  const z = new Float64Array(rows * width)
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < width; j += 1) z[i * width + j] = factor[i * rows + j] ?? 0
  }
  return {
    z,
    width,
    lift: (coefficients, classes) =>
      liftThrough(x, columns, z, width, pivots, coefficients, classes),
  }
}

function gram(x: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i += 1) {
    const left = x.subarray(i * columns, (i + 1) * columns)
    for (let j = 0; j <= i; j += 1) {
      const from = j * columns
      let sum = 0
      for (let c = 0; c < columns; c += 1) sum += (left[c] ?? 0) * (x[from + c] ?? 0)
      result[i * rows + j] = sum
      result[j * rows + i] = sum
    }
  }
  return result
}

/**
 * L with G ≈ L Lᵀ, by outer products with diagonal pivoting (Golub & Van Loan, section 4.2.8);
 * rows that others span already add no column. `factor` has `rows` numbers a row.
 */
function pivotedCholesky(
  matrix: Float64Array,
  size: number,
): { readonly factor: Float64Array; readonly pivots: readonly number[] } {
  const factor = new Float64Array(size * size)
  const left = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i] ?? 0)
  const tolerance = 1e-12 * Math.max(...left, 0)
  const pivots: number[] = []
  for (let column = 0; column < size; column += 1) {
    let pivot = 0
    for (let i = 1; i < size; i += 1) if ((left[i] ?? 0) > (left[pivot] ?? 0)) pivot = i
    const rest = left[pivot] ?? 0
    if (rest <= tolerance) break
    const root = Math.sqrt(rest)
    for (let i = 0; i < size; i += 1) {
      let value = matrix[i * size + pivot] ?? 0
      for (let j = 0; j < column; j += 1) {
        value -= (factor[i * size + j] ?? 0) * (factor[pivot * size + j] ?? 0)
      }
      value /= root
      factor[i * size + column] = value
      left[i] = (left[i] ?? 0) - value * value
    }
    for (const earlier of [...pivots, pivot]) left[earlier] = 0
    pivots.push(pivot)
  }
  return { factor, pivots }
}

/** Xᵀ α over the pivot rows, where α solves (the pivot rows of Z)ᵀ α = coefficients. */
function liftThrough(
  x: Float64Array,
  columns: number,
  z: Float64Array,
  width: number,
  pivots: readonly number[],
  coefficients: Float64Array,
  classes: number,
): Float64Array {
  const lifted = new Float64Array(columns * classes)
  for (let k = 0; k < classes; k += 1) {
    const alpha = new Float64Array(width)
    for (let j = width - 1; j >= 0; j -= 1) {
      let value = coefficients[j * classes + k] ?? 0
      for (let later = j + 1; later < width; later += 1) {
        value -= (z[(pivots[later] ?? 0) * width + j] ?? 0) * (alpha[later] ?? 0)
      }
      alpha[j] = value / (z[(pivots[j] ?? 0) * width + j] ?? 1)
    }
    pivots.forEach((row, j) => {
      for (let c = 0; c < columns; c += 1) {
        const at = c * classes + k
        lifted[at] = (lifted[at] ?? 0) + (x[row * columns + c] ?? 0) * (alpha[j] ?? 0)
      }
    })
  }
  return lifted
}
