import { afterEach, describe, expect, it } from 'vitest'
import { useLibrary } from '../../../src/main/nn/kernels/library'
import { nativeAvailable } from '../../../src/main/nn/kernels/native'
import type { OptimizerSettings } from '../../../src/main/nn/optimizers/optimizer'
import { createOptimizer } from '../../../src/main/nn/optimizers/optimizer'
import type {
  NamedArray,
  Session,
  SessionOptions,
  StepContext,
  Targets,
  TokenBatch,
} from '../../../src/main/nn/session'
import { createSession, sourceOf } from '../../../src/main/nn/session'
import { memory } from '../../../src/main/nn/tf'
import { expectClose } from './support'

const config = {
  model_type: 'bert',
  vocab_size: 60,
  hidden_size: 24,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  intermediate_size: 40,
  max_position_embeddings: 16,
  initializer_range: 0.2,
}

const batch: TokenBatch = {
  ids: Int32Array.from({ length: 24 }, (_, cell) => 2 + ((cell * 7) % 50)),
  mask: Int32Array.from({ length: 24 }, (_, cell) => (cell % 6 < 4 + (cell > 11 ? 2 : 0) ? 1 : 0)),
  typeIds: undefined,
  rows: 4,
  length: 6,
}
const targets: Targets = { kind: 'classes', values: Int32Array.of(0, 1, 1, 0) }

const context = (step: number, change: Partial<StepContext> = {}): StepContext => ({
  ...{ dropoutSeed: 5, step, microStep: 0, scale: 1 },
  ...change,
})

const adam: OptimizerSettings = {
  ...{ name: 'adamw', weightDecay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.9 },
}

/** A backbone drawn once: sessions start from the same numbers, with a new head. */
async function backboneWeights(): Promise<readonly NamedArray[]> {
  const names = (await import('../../../src/main/nn/plan')).planModel({
    ...{ config, task: 'single-label', labels: ['a', 'b'], pooling: 'mean', dropout: undefined },
  })
  const { initialValues } = await import('../../../src/main/nn/initial')
  return names.specs
    .filter((spec) => spec.place.kind !== 'head')
    .map((spec) => ({ name: spec.name, shape: spec.shape, data: initialValues(spec, 0.2, 3) }))
}

async function open(change: Partial<SessionOptions> = {}): Promise<Session> {
  return createSession({
    ...{ config, task: 'single-label', labels: ['a', 'b'], pooling: 'checkpoint' },
    weights: sourceOf(await backboneWeights()),
    part: { kind: 'all' },
    dropout: 0,
    precision: 'float32',
    initSeed: 1,
    ...change,
  })
}

function train(
  session: Session,
  steps: number,
  from = 0,
  change: Partial<StepContext> = {},
): number[] {
  const optimizer = createOptimizer(adam, session.parameters)
  const losses = Array.from({ length: steps }, (_, index) => {
    const loss = session.accumulate(batch, targets, context(from + index, change)).read()
    session.apply(optimizer, { learningRate: 1e-2, clipNorm: 1 }).dispose()
    return loss
  })
  optimizer.dispose()
  return losses
}

const snapshot = (session: Session): string =>
  JSON.stringify([...session.weights()].map(({ name, data }) => [name, [...data]]))

const libraries = nativeAvailable() ? (['composed', 'fused'] as const) : (['composed'] as const)

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('a session with %s kernels', (name) => {
  it.each(['checkpoint', 'first', 'mean', 'max'] as const)(
    'learns a small batch by heart, pooling: %s',
    async (pooling) => {
      useLibrary(name)
      const session = await open({ pooling, dropout: 0.1 })
      const losses = train(session, 30)
      expect(losses.at(-1)).toBeLessThan(0.1)
      session.dispose()
    },
  )

  it('learns in bfloat16, close to float32', async () => {
    useLibrary(name)
    const wide = await open()
    const narrow = await open({ precision: 'bfloat16' })
    expectClose(narrow.logits(batch), wide.logits(batch), 0.1)
    const a = train(wide, 3)
    const b = train(narrow, 3)
    expectClose(b, a, 0.1)
    expect(train(narrow, 30, 3).at(-1)).toBeLessThan(0.1)
    wide.dispose()
    narrow.dispose()
  })

  it('learns in float16 with scaled gradients, close to float32', async () => {
    useLibrary(name)
    const wide = await open()
    const narrow = await open({ precision: 'float16' })
    expectClose(narrow.logits(batch), wide.logits(batch), 0.01)
    for (const [session, scale] of [
      [wide, 1],
      [narrow, 1024],
    ] as const) {
      session.accumulate(batch, targets, context(0, { scale })).dispose()
    }
    const norms = wide.gradientNorms()
    for (const [parameter, norm] of narrow.gradientNorms()) {
      expect(Math.abs(norm / 1024 - (norms.get(parameter) ?? NaN)), parameter).toBeLessThan(0.02)
    }
    narrow.clearGradients()
    expect(train(narrow, 30).at(-1)).toBeLessThan(0.1)
    wide.dispose()
    narrow.dispose()
  })

  it('keeps the number of tensors and bytes over steps', async () => {
    useLibrary(name)
    const session = await open({ dropout: 0.1 })
    const optimizer = createOptimizer(adam, session.parameters)
    const counts: string[] = []
    for (let step = 0; step < 6; step += 1) {
      session.accumulate(batch, targets, context(step)).dispose()
      session.accumulate(batch, targets, context(step, { microStep: 1 })).dispose()
      session.apply(optimizer, { learningRate: 1e-3, clipNorm: undefined }).dispose()
      session.logits(batch)
      session.embeddings(batch)
      const { tensors, bytes } = memory()
      counts.push(`${tensors} ${bytes}`)
    }
    expect(new Set(counts.slice(1)).size).toBe(1)
    optimizer.dispose()
    session.dispose()
  })

  it('adds micro-steps to the gradient of the whole batch', async () => {
    useLibrary(name)
    const session = await open()
    session.accumulate(batch, targets, context(0)).dispose()
    const whole = new Map(session.gradientNorms())
    session.clearGradients()
    for (const half of [0, 1]) {
      const cut = (values: Int32Array): Int32Array => values.slice(half * 12, half * 12 + 12)
      const part = { ...batch, ids: cut(batch.ids), mask: cut(batch.mask), rows: 2 }
      const own: Targets = {
        kind: 'classes',
        values: targets.values.slice(half * 2, half * 2 + 2) as Int32Array,
      }
      session.accumulate(part, own, context(0, { microStep: half, scale: 0.5 })).dispose()
    }
    for (const [parameter, norm] of session.gradientNorms()) {
      expect(norm, parameter).toBeCloseTo(whole.get(parameter) ?? NaN, 4)
    }
    session.dispose()
  })

  it('goes on from saved weights and optimiser as if it had never stopped', async () => {
    useLibrary(name)
    const straight = await open({ dropout: 0.2 })
    const optimizer = createOptimizer(adam, straight.parameters)
    const step = (session: Session, using: typeof optimizer, number: number): void => {
      session.accumulate(batch, targets, context(number)).dispose()
      session.apply(using, { learningRate: 1e-2, clipNorm: 1 }).dispose()
    }
    for (let number = 0; number < 3; number += 1) step(straight, optimizer, number)
    const saved = [...straight.weights()]
    const state = [...optimizer.state()].map((one) => ({ ...one }))
    for (let number = 3; number < 6; number += 1) step(straight, optimizer, number)

    const resumed = await open({ dropout: 0.2 })
    resumed.assign(saved)
    const second = createOptimizer(adam, resumed.parameters)
    second.restore(state)
    for (let number = 3; number < 6; number += 1) step(resumed, second, number)
    expect(snapshot(resumed)).toBe(snapshot(straight))
    for (const one of [optimizer, second, straight, resumed]) one.dispose()
  })

  it('leaves the backbone alone when only the head is trained', async () => {
    useLibrary(name)
    const session = await open({ part: { kind: 'head' }, pooling: 'mean' })
    const before = new Map([...session.weights()].map((one) => [one.name, [...one.data]]))
    session.accumulate(batch, targets, context(0)).dispose()
    expect([...session.gradientNorms().keys()].toSorted()).toEqual([
      'classifier.bias',
      'classifier.weight',
    ])
    session.clearGradients()
    train(session, 2)
    for (const { name: parameter, data } of session.weights()) {
      const same = JSON.stringify([...data]) === JSON.stringify(before.get(parameter))
      expect(same, parameter).toBe(!parameter.startsWith('classifier'))
    }
    session.dispose()
  })

  it('trains the head on features exactly as on tokens', async () => {
    useLibrary(name)
    const session = await open({ part: { kind: 'head' }, pooling: 'mean' })
    const features = session.embeddings(batch)
    expectClose(session.logitsFromFeatures(features, 4), session.logits(batch), 1e-6)
    const onTokens = session.accumulate(batch, targets, context(0)).read()
    const norms = session.gradientNorms()
    session.clearGradients()
    expect(session.accumulateHead(features, 4, targets, context(0)).read()).toBeCloseTo(onTokens, 6)
    for (const [parameter, norm] of session.gradientNorms()) {
      expect(norm).toBeCloseTo(norms.get(parameter) ?? NaN, 6)
    }
    session.dispose()
  })

  it('trains the last layers alone', async () => {
    useLibrary(name)
    const session = await open({ part: { kind: 'lastLayers', count: 1 } })
    session.accumulate(batch, targets, context(0)).dispose()
    const names = [...session.gradientNorms().keys()]
    expect(names.some((parameter) => /layer\.[01]\.|embeddings/.test(parameter))).toBe(false)
    expect(names.filter((parameter) => parameter.includes('layer.2.'))).toHaveLength(16)
    session.dispose()
  })

  it.each([
    ['float32', 1e-6],
    ['bfloat16', 2e-2],
    ['float16', 2e-3],
  ] as const)('goes on from what frozen layers gave, in %s', async (precision, tolerance) => {
    useLibrary(name)
    const session = await open({ part: { kind: 'lastLayers', count: 1 }, precision })
    const frozen = session.frozenActivations(batch)
    const tokens = batch.mask.reduce((sum, one) => sum + one, 0)
    expect(session.frozenBytes).toBe(precision === 'float32' ? 96 : 48)
    expect(frozen).toHaveLength(tokens * session.frozenBytes)
    expectClose(session.logits(batch, frozen), session.logits(batch), tolerance)
    const whole = session.accumulate(batch, targets, context(0)).read()
    const norms = session.gradientNorms()
    session.clearGradients()
    const loss = session.accumulate(batch, targets, context(0), frozen).read()
    expect(Math.abs(loss - whole)).toBeLessThan(tolerance)
    expect(session.gradientNorms().size).toBe(norms.size)
    for (const [parameter, norm] of session.gradientNorms()) {
      expect(Math.abs(norm - (norms.get(parameter) ?? NaN)), parameter).toBeLessThan(20 * tolerance)
    }
    expect(() => session.logits(batch, frozen.subarray(1))).toThrow('bytes of activations')
    session.dispose()
    const whole32 = await open()
    expect(whole32.frozenBytes).toBe(0)
    whole32.dispose()
  })

  it('trains a masked language model', async () => {
    useLibrary(name)
    const session = await open({ task: 'masked-lm', labels: [] })
    const values = batch.ids.map((id, cell) =>
      cell % 3 === 0 && batch.mask[cell] === 1 ? id : -100,
    )
    const optimizer = createOptimizer(adam, session.parameters)
    const losses = Array.from({ length: 25 }, (_, step) => {
      const loss = session.accumulate(batch, { kind: 'tokens', values }, context(step)).read()
      session.apply(optimizer, { learningRate: 1e-2, clipNorm: 1 }).dispose()
      return loss
    })
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 4)
    expect(session.logits(batch)).toHaveLength(24 * 60)
    const none = new Int32Array(24).fill(-100)
    expect(session.accumulate(batch, { kind: 'tokens', values: none }, context(0)).read()).toBe(0)
    optimizer.dispose()
    session.dispose()
  })
})

describe('the start of a session', () => {
  it('draws new parameters from the seed alone', async () => {
    const a = await open()
    const b = await open()
    const c = await open({ initSeed: 2 })
    expect(snapshot(a)).toBe(snapshot(b))
    expect(snapshot(a)).not.toBe(snapshot(c))
    expect(a.summary.fresh).toContain('classifier.weight')
    expect(a.summary.trainable).toBe(a.summary.parameters)
    for (const one of [a, b, c]) one.dispose()
  })

  it('knows old names and names without prefix', async () => {
    const plain = await backboneWeights()
    const renamed = plain.map((one) => ({
      ...one,
      name: one.name
        .replace('bert.', '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta'),
    }))
    const extra = { name: 'cls.seq_relationship.bias', shape: [2], data: new Float32Array(2) }
    const a = await open({ weights: sourceOf(plain) })
    const b = await open({ weights: sourceOf([...renamed, extra]) })
    expect(snapshot(b)).toBe(snapshot(a))
    expect(b.summary.unexpected).toEqual(['cls.seq_relationship.bias'])
    a.dispose()
    b.dispose()
  })

  it('refuses a backbone that lacks a weight or has one of another shape', async () => {
    const all = await backboneWeights()
    const key = 'bert.encoder.layer.1.attention.self.key.weight'
    const without = all.filter((one) => one.name !== key)
    await expect(open({ weights: sourceOf(without) })).rejects.toMatchObject({
      code: 'model.weightsMissing',
      message: expect.stringContaining(key),
    })
    const wrong = all.map((one) => (one.name === key ? { ...one, shape: [12, 48] } : one))
    await expect(open({ weights: sourceOf(wrong) })).rejects.toMatchObject({
      code: 'model.weightsMismatch',
      message: expect.stringContaining('[12, 48]'),
    })
  })

  it('starts a head of another size anew', async () => {
    const old = { name: 'classifier.weight', shape: [3, 24], data: new Float32Array(72) }
    const session = await open({ weights: sourceOf([...(await backboneWeights()), old]) })
    expect(session.summary.fresh).toContain('classifier.weight')
    expect(session.summary.unexpected).toContain('classifier.weight')
    session.dispose()
  })

  it('refuses rows that are too long, and targets that do not fit', async () => {
    const session = await open()
    const long = { ids: new Int32Array(17), mask: new Int32Array(17).fill(1), typeIds: undefined }
    expect(() => session.logits({ ...long, rows: 1, length: 17 })).toThrow('16 positions')
    const classes: Targets = { kind: 'classes', values: Int32Array.of(0, 1, 2, 0) }
    expect(() => session.accumulate(batch, classes, context(0))).toThrow('Class 2')
    const few: Targets = { kind: 'classes', values: Int32Array.of(0) }
    expect(() => session.accumulate(batch, few, context(0))).toThrow('4 classes targets')
    session.dispose()
  })
})
