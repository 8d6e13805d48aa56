import { describe, expect, it } from 'vitest'
import { initialValues } from '../../../src/main/nn/initial'
import { gate, sum } from '../../../src/main/nn/kernels/gate'
import { createOptimizer } from '../../../src/main/nn/optimizers/optimizer'
import { planModel } from '../../../src/main/nn/plan'
import type { NamedArray, Session, SessionOptions, TokenBatch } from '../../../src/main/nn/session'
import { createSession, scoreFeaturesOf, sourceOf } from '../../../src/main/nn/session'
import type { Value } from '../../../src/main/nn/tape'
import { memory } from '../../../src/main/nn/tf'
import { differentiate, expectClose, expectGradients, numbers, operand } from './support'

const config = {
  model_type: 'bert',
  vocab_size: 30,
  hidden_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 8,
  initializer_range: 0.2,
}

const batch: TokenBatch = {
  ids: Int32Array.from({ length: 24 }, (_, cell) => 2 + ((cell * 7) % 25)),
  mask: new Int32Array(24).fill(1),
  typeIds: undefined,
  rows: 4,
  length: 6,
}
/** Only the scores tell the classes apart where rows are alike. */
const scores = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1)
const targets = { kind: 'classes', values: Int32Array.of(0, 1, 0, 1) } as const
const context = { ...{ dropoutSeed: 5, step: 0, microStep: 0, scale: 1 }, scores }

function backbone(): readonly NamedArray[] {
  const plan = { config, task: 'single-label', labels: ['a', 'b'], pooling: 'mean' } as const
  return planModel({ ...plan, dropout: undefined })
    .specs.filter((spec) => spec.place.kind !== 'head')
    .map((spec) => ({ name: spec.name, shape: spec.shape, data: initialValues(spec, 0.2, 3) }))
}

const open = (change: Partial<SessionOptions> = {}): Promise<Session> =>
  createSession({
    ...{ config, task: 'single-label', labels: ['a', 'b'], pooling: 'mean', dropout: 0 },
    ...{ part: { kind: 'all' }, precision: 'float32', initSeed: 1 },
    weights: sourceOf(backbone()),
    scores: { width: 2, gate: true },
    ...change,
  })

const must = (x: Value | undefined): Value => {
  if (x === undefined) throw new RangeError('There is an operand.')
  return x
}

describe('the kernels of scores', () => {
  it('the gate has its values and gradients', () => {
    const build: Parameters<typeof expectGradients>[0] = (tape, [x, b]) =>
      gate(tape, must(x), must(b))
    const { values } = differentiate(build, [
      { shape: [1, 2], data: Float32Array.of(3, -1) },
      { shape: [2], data: Float32Array.of(0, Math.log(3)) },
    ])
    expectClose(values, [1.5, -0.75])
    expectGradients(build, [operand([4, 3], 2, 2), operand([3], 4, 2)])
  })

  it('the sum gives both operands the whole gradient, also where they are one', () => {
    expectGradients(
      (tape, [a, b]) => sum(tape, must(a), must(b)),
      [operand([3, 2], 1), operand([3, 2], 2)],
    )
    expectGradients((tape, [a]) => sum(tape, must(a), must(a)), [operand([3, 2], 1)])
  })
})

describe('a model that takes scores', () => {
  it('starts as the model without them, with a gate half open', async () => {
    const plain = await open({ scores: undefined })
    const session = await open()
    expect(session.logits(batch, undefined, scores)).toEqual(plain.logits(batch))
    expect(session.logits(batch, undefined, numbers(8))).toEqual(plain.logits(batch))
    const bias = [...session.weights()].find(({ name }) => name === 'knowledge.gate.bias')
    expect(bias?.data).toEqual(new Float32Array(12))
    expect(session.summary.parameters - plain.summary.parameters).toBe(12 * 2 + 12 + 2 * 12)
    const open2 = await open({ scores: { width: 2, gate: false } })
    expect([...open2.weights()].some(({ name }) => name.includes('gate'))).toBe(false)
    for (const one of [plain, session, open2]) one.dispose()
  })

  it.each([
    ['all', false],
    ['head', false],
    ['head', true],
  ] as const)('learns from them, trained: %s, on features: %s', async (kind, onFeatures) => {
    // Rows without any difference but their scores.
    const alike = { ...batch, ids: batch.ids.map((_, cell) => 2 + (cell % 6)) }
    const session = await open({ part: { kind } })
    const settings = { weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0 }
    const optimizer = createOptimizer({ name: 'adamw', ...settings }, session.parameters)
    const features = session.embeddings(alike)
    let loss = NaN
    for (let step = 0; step < 40; step += 1) {
      loss = onFeatures
        ? session.accumulateHead(features, 4, targets, context).read()
        : session.accumulate(alike, targets, context).read()
      session.apply(optimizer, { learningRate: 0.03, clipNorm: 1 }).dispose()
    }
    expect(loss).toBeLessThan(0.1)
    if (kind === 'head') {
      expectClose(
        session.logitsFromFeatures(features, 4, scores),
        session.logits(alike, undefined, scores),
      )
    }
    optimizer.dispose()
    session.dispose()
  })

  it('is found again in its weights', async () => {
    const session = await open()
    const saved = [...session.weights()]
    expect(scoreFeaturesOf(sourceOf(saved).tensors)).toEqual({ width: 2, gate: true })
    expect(scoreFeaturesOf(sourceOf(backbone()).tensors)).toBeUndefined()
    const again = await open({ weights: sourceOf(saved), initSeed: 9 })
    expect(again.summary.fresh).toEqual([])
    expect(again.logits(batch, undefined, scores)).toEqual(session.logits(batch, undefined, scores))
    again.dispose()
    session.dispose()
  })

  it('refuses rows without scores or with too many, and leaves no tensor behind', async () => {
    const session = await open()
    session.logits(batch, undefined, scores)
    const before = memory().tensors
    expect(() => session.logits(batch)).toThrow('4 rows need 8, not none')
    expect(() => session.logits(batch, undefined, new Float32Array(4))).toThrow('not 4')
    session.accumulate(batch, targets, context).dispose()
    session.clearGradients()
    session.release()
    session.logits(batch, undefined, scores)
    expect(memory().tensors).toBe(before)
    session.dispose()
  })
})
