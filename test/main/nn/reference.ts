/**
 * What the native kernels compute, in plain double-precision JavaScript: the forward functions
 * only. Gradients are checked against central differences of these.
 */
type Numbers = ArrayLike<number>

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x)

function mix64(start: bigint): bigint {
  let z = start
  z = u64((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
  z = u64((z ^ (z >> 27n)) * 0x94d049bb133111ebn)
  return z ^ (z >> 31n)
}

/** The 0 or 1 / (1 - rate) that the kernels multiply element (row, col) with. */
export function dropFactors(
  key: readonly [number, number, number, number],
  rate: number,
  rows: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(rows * cols).fill(1)
  if (rate === 0) return out
  let seed = 0n
  for (const word of key) seed = mix64(u64((seed ^ BigInt(word >>> 0)) + 0x9e3779b97f4a7c15n))
  const threshold = Math.floor(Math.fround(rate) * 2 ** 32)
  const scale = 1 / (1 - Math.fround(rate))
  for (let row = 0; row < rows; row++) {
    const z = mix64(u64(seed + BigInt(row + 1) * 0x9e3779b97f4a7c15n))
    const a = Number(z & 0xffffffffn)
    const b = Number(z >> 32n)
    for (let col = 0; col < cols; col++) {
      let x = (Math.imul(col, 0x9e3779b9) + a) | 0
      x ^= x >>> 16
      x = Math.imul(x, 0x7feb352d)
      x ^= x >>> 15
      x = Math.imul((x + b) | 0, 0x846ca68b)
      x ^= x >>> 16
      out[row * cols + col] = x >>> 0 >= threshold ? scale : 0
    }
  }
  return out
}

/** erf: its series near zero, the continued fraction of erfc (Abramowitz & Stegun 7.1.14) beyond. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x)
  if (x > 2) {
    let fraction = x
    for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction
    return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
  }
  let term = x
  let total = x
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n
    total += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * total
}

export const activations = {
  gelu: (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x: number) => Math.max(0, x),
} as const

const at = (values: Numbers, index: number): number => {
  const value = values[index]
  if (value === undefined) throw new Error(`no element ${index}`)
  return value
}

export function biasActivation(
  f: (x: number) => number,
  x: Numbers,
  bias: Numbers | undefined,
  cols: number,
): Float64Array {
  return Float64Array.from(x, (value, i) => f(value + (bias ? at(bias, i % cols) : 0)))
}

export interface NormInputs {
  readonly branch: Numbers
  readonly bias?: Numbers
  readonly residual?: Numbers
  readonly gamma: Numbers
  readonly beta: Numbers
  readonly factors: Numbers
  readonly epsilon: number
}

/** norm(residual + dropout(branch + bias)), row by row. */
export function residualNorm(inputs: NormInputs): Float64Array {
  const cols = inputs.gamma.length
  const sums = Float64Array.from(inputs.branch, (value, i) => {
    const branch = value + (inputs.bias ? at(inputs.bias, i % cols) : 0)
    return branch * at(inputs.factors, i) + (inputs.residual ? at(inputs.residual, i) : 0)
  })
  return layerNorm(sums, inputs.gamma, inputs.beta, inputs.epsilon)
}

export function layerNorm(
  x: Float64Array,
  gamma: Numbers,
  beta: Numbers,
  epsilon: number,
): Float64Array {
  const cols = gamma.length
  const out = new Float64Array(x.length)
  for (let row = 0; row < x.length / cols; row++) {
    const values = x.subarray(row * cols, (row + 1) * cols)
    const mean = values.reduce((a, b) => a + b, 0) / cols
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / cols
    values.forEach((value, c) => {
      out[row * cols + c] =
        ((value - mean) / Math.sqrt(variance + epsilon)) * at(gamma, c) + at(beta, c)
    })
  }
  return out
}

export interface AttentionInputs {
  readonly q: Numbers
  readonly k: Numbers
  readonly v: Numbers
  readonly rows: number
  readonly heads: number
  readonly depth: number
  readonly segments: readonly (readonly [first: number, length: number])[]
  readonly causal: boolean
  /** [heads * rows, longest segment], element (head * rows + row, key). */
  readonly factors: Numbers
  readonly factorCols: number
}

/** softmax(q k' / sqrt(depth)) v within each segment; rows outside stay zero. */
export function attention(inputs: AttentionInputs): Float64Array {
  const { q, k, v, rows, heads, depth, causal } = inputs
  const width = heads * depth
  const out = new Float64Array(rows * width)
  for (const [first, length] of inputs.segments)
    for (let head = 0; head < heads; head++)
      for (let i = first; i < first + length; i++) {
        const keys = causal ? i - first + 1 : length
        const scores = Array.from({ length: keys }, (_, j) => {
          let dot = 0
          for (let d = 0; d < depth; d++)
            dot +=
              at(q, i * width + head * depth + d) * at(k, (first + j) * width + head * depth + d)
          return dot / Math.sqrt(depth)
        })
        const top = Math.max(...scores)
        const mass = scores.reduce((a, s) => a + Math.exp(s - top), 0)
        scores.forEach((score, j) => {
          const factor = at(inputs.factors, (head * rows + i) * inputs.factorCols + j)
          const weight = (Math.exp(score - top) / mass) * factor
          for (let d = 0; d < depth; d++) {
            const c = head * depth + d
            out[i * width + c] = at(out, i * width + c) + weight * at(v, (first + j) * width + c)
          }
        })
      }
  return out
}

/** Central differences of sum(weights * f(x)) at the chosen elements of x. */
export function differences(
  f: (x: Float64Array) => Numbers,
  x: Numbers,
  weights: Numbers,
  elements: readonly number[],
  step = 1e-5,
): number[] {
  const value = (moved: Float64Array): number => {
    const y = f(moved)
    let total = 0
    for (let i = 0; i < y.length; i++) total += at(y, i) * at(weights, i)
    return total
  }
  return elements.map((element) => {
    const up = Float64Array.from(x)
    const down = Float64Array.from(x)
    up[element] = at(up, element) + step
    down[element] = at(down, element) - step
    return (value(up) - value(down)) / (2 * step)
  })
}

/** A reproducible draw of numbers in (-1, 1). */
export function draw(count: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return ((state >>> 8) / 2 ** 24) * 2 - 1
  })
}
