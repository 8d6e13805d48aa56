import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../src/main/platform/random'
import { fitHead, score } from '../../../../src/main/trainer/knowledge/heads'

/** Two clouds apart along the first column, on a scale of their own. */
function clouds(rows: number, apart: number) {
  const random = createRandom(5)
  const uniform = (): number => random.next() / 2 ** 32 - 0.5
  const width = 6
  const y = Int32Array.from({ length: rows }, (_, row) => row % 2)
  const features = new Float32Array(rows * width)
  y.forEach((label, row) => {
    for (let j = 0; j < width; j += 1) features[row * width + j] = 100 + 3 * uniform()
    features[row * width] = 7 + uniform() + (label === 1 ? apart : 0)
  })
  return { features, width, y, classes: 2 }
}

const logitsOf = (
  { weight, bias }: { readonly weight: Float32Array; readonly bias: Float32Array },
  features: Float32Array,
  width: number,
): number[] =>
  Array.from({ length: (features.length / width) * 2 }, (_, at) => {
    const [row, k] = [Math.floor(at / 2), at % 2]
    let sum = bias[k] ?? 0
    for (let j = 0; j < width; j += 1) {
      sum += (features[row * width + j] ?? 0) * (weight[k * width + j] ?? 0)
    }
    return sum
  })

describe('a head on pooled vectors', () => {
  it('tells classes apart in the columns as they came, whatever their scale', () => {
    const problem = clouds(60, 1.5)
    const { head, accuracy } = fitHead(problem, 0)
    expect(accuracy).toBeGreaterThan(0.95)
    const logits = logitsOf(head, problem.features, problem.width)
    expect(score(logits, problem.y, 2).accuracy).toBeGreaterThan(0.95)
  })

  it('judges itself on rows that its fits had not seen: noise is worth no more than chance', () => {
    const { loss } = fitHead(clouds(40, 0), 0)
    expect(loss).toBeGreaterThan(0.6)
  })

  it('stays with what it is pulled to where labels say little', () => {
    const problem = clouds(60, 1.5)
    const known = fitHead(problem, 0).head
    const few = { ...problem, features: problem.features.slice(0, 4 * 6), y: problem.y.slice(0, 4) }
    const pulled = fitHead({ ...few, prior: known }, 0)
    const alone = fitHead(few, 0)
    const judge = (head: typeof known): number =>
      score(logitsOf(head, problem.features, 6), problem.y, 2).accuracy
    expect(judge(pulled.head)).toBeGreaterThan(0.95)
    expect(judge(pulled.head)).toBeGreaterThanOrEqual(judge(alone.head))
  })
})
