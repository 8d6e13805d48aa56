import { afterEach, describe, expect, it } from 'vitest'
import { attributionLoss, irrelevant, reason } from '../../../src/main/knowledge/attribution'
import { logOddsSum, type TermValue } from '../../../src/main/knowledge/losses'
import { useLibrary } from '../../../src/main/nn/kernels/library'
import { nativeAvailable } from '../../../src/main/nn/kernels/native'
import { initialValues } from '../../../src/main/nn/initial'
import { createOptimizer } from '../../../src/main/nn/optimizers/optimizer'
import { planModel } from '../../../src/main/nn/plan'
import type {
  AttributionTerm,
  NamedArray,
  Session,
  SessionOptions,
  TokenBatch,
  TokenPlaces,
} from '../../../src/main/nn/session'
import { createSession, sourceOf } from '../../../src/main/nn/session'
import { memory } from '../../../src/main/nn/tf'
import { numbers } from './support'

const config = {
  model_type: 'bert',
  vocab_size: 40,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 24,
  max_position_embeddings: 16,
  initializer_range: 0.3,
}

/** Two rows of 5 and 4 tokens; no token stands twice. */
const batch: TokenBatch = {
  ids: Int32Array.of(2, 5, 9, 11, 3, 4, 7, 8, 6, 0),
  mask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
  typeIds: undefined,
  rows: 2,
  length: 5,
}
const roles = [0, irrelevant, irrelevant, reason, 0, 0, reason, irrelevant, 0, irrelevant]

async function open(change: Partial<SessionOptions> = {}): Promise<Session> {
  const plain = { task: 'single-label', pooling: 'mean', labels: ['a', 'b', 'c'] } as const
  const options = { ...plain, config, dropout: 0.1, ...change }
  const weights = planModel(options).specs.map((spec): NamedArray => ({
    name: spec.name,
    shape: spec.shape,
    data: initialValues({ ...spec, start: 'normal' }, 0.3, 3).map((value) =>
      spec.start === 'ones' ? 1 + value : value,
    ),
  }))
  const part = { kind: 'all' } as const
  const weightsSource = sourceOf(weights)
  return createSession({
    ...{ part, precision: 'float32', initSeed: 1, weights: weightsSource },
    ...options,
  })
}

/** The price of Ross et al. with a reward, away from x; `seen` gets the attribution. */
const priceOf = (
  strengths = { penalty: 1, reward: 0.5 },
  seen?: (attribution: Float32Array, tokens: TokenPlaces) => void,
): AttributionTerm => ({
  answers: (weights) => (logits) => logOddsSum(logits, 3, [0, 2], weights),
  start: (x) => numbers(x.length, 23).map((one) => 0.3 * one),
  price: (attribution, places) => {
    seen?.(attribution, places)
    const { cells, owners, width } = places
    const tokens = { roles: Array.from(cells, (cell) => roles[cell] ?? 0), owners, rows: 2 }
    return attributionLoss(attribution, width, tokens, strengths)
  },
})

const withWeights = (session: Session, changed: readonly NamedArray[], use: () => number) => {
  const before = [...session.weights()].filter(({ name }) => changed.some((c) => c.name === name))
  session.assign(changed)
  const result = use()
  session.assign(before)
  return result
}

/** The gradient that was accumulated, by parameter: a step of plain descent with rate 1. */
function takeGradients(session: Session): ReadonlyMap<string, Float32Array> {
  const before = [...session.weights()]
  const settings = { name: 'sgd', weightDecay: 0, beta1: 0, beta2: 0, epsilon: 0, momentum: 0 }
  const optimizer = createOptimizer({ ...settings, name: 'sgd' }, session.parameters)
  session.apply(optimizer, { learningRate: 1, clipNorm: undefined }).dispose()
  const after = new Map([...session.weights()].map(({ name, data }) => [name, data]))
  optimizer.dispose()
  session.assign(before)
  return new Map(
    before.map(({ name, data }) => [
      name,
      data.map((value, at) => value - (after.get(name)?.[at] ?? NaN)),
    ]),
  )
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

const libraries = nativeAvailable() ? (['composed', 'fused'] as const) : (['composed'] as const)

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('attributions with %s kernels', (name) => {
  const pass = { scale: 1 }

  it('are the gradient of the answers by the vectors before the first layer', async () => {
    useLibrary(name)
    const session = await open()
    const sums: number[] = []
    const found: Float32Array[] = []
    /** Looks at vectors moved by `by` in one element. */
    const look = (at: number, by: number): void => {
      const term = priceOf(undefined, (attribution) => found.push(attribution.slice()))
      session.accumulateAttribution(
        batch,
        {
          ...term,
          start: (x) => x.map((_, place) => (place === at ? by : 0)),
          answers: (weights) => (logits) => {
            const sum = term.answers(weights)(logits)
            sums.push(sum.loss)
            return sum
          },
        },
        { scale: 0 },
      )
    }
    for (const at of [3, 20, 60, 100, 141]) {
      sums.length = 0
      found.length = 0
      look(at, 0.02)
      const [right = NaN] = sums.splice(0)
      look(at, -0.02)
      const [left = NaN] = sums.splice(0)
      look(at, 0)
      expect(found[2]?.[at], `element ${at}`).toBeCloseTo((right - left) / 0.04, 2)
    }
    session.dispose()
  })

  it('are told with where each token stands and how long its vectors are', async () => {
    useLibrary(name)
    const session = await open()
    const seen = priceOf(undefined, (attribution, { cells, owners, width, length }) => {
      expect(attribution).toHaveLength(cells.length * width)
      expect([...cells].filter((cell) => cell >= 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
      expect([...owners].filter((owner) => owner < 2)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1])
      expect(length).toBeGreaterThan(1)
      expect(length).toBeLessThan(10)
    })
    session.accumulateAttribution(batch, seen, { scale: 0 })
    expect(session.gradientNorms().size).toBe(0)
    session.dispose()
  })

  it.each([
    ['all parameters', { kind: 'all' }],
    ['the last layer', { kind: 'lastLayers', count: 1 }],
    ['the head', { kind: 'head' }],
  ] as const)('have a price whose gradient by %s is that of the price', async (_, part) => {
    useLibrary(name)
    const session = await open({ part, scores: { width: 3, gate: true } })
    const scores = numbers(6, 5)
    const price = (): number =>
      session.accumulateAttribution(batch, priceOf(), { scale: 0, scores })
    session.accumulateAttribution(batch, priceOf(), { scale: 1, scores })
    const gradients = takeGradients(session)
    let moved = 0
    for (const weight of session.weights()) {
      const gradient = gradients.get(weight.name) ?? new Float32Array()
      const trained = session.parameters.find((one) => one.name === weight.name)?.trained === true
      const size = Math.sqrt(dot(gradient, gradient))
      if (!trained) {
        expect(size, weight.name).toBe(0)
        continue
      }
      moved += 1
      // Along the gradient and along a random direction, both of length 1.
      const random = numbers(gradient.length, 17)
      const length = Math.sqrt(dot(random, random))
      for (const direction of [
        gradient.map((value) => (size === 0 ? 0 : value / size)),
        random.map((value) => value / length),
      ]) {
        const step = 0.01
        const along = [step, -step].map((by) =>
          withWeights(
            session,
            [{ ...weight, data: weight.data.map((v, at) => v + by * (direction[at] ?? 0)) }],
            price,
          ),
        )
        const slope = ((along[0] ?? NaN) - (along[1] ?? NaN)) / (2 * step)
        const expected = dot(gradient, direction)
        const tolerance = 0.02 * Math.max(0.2, size)
        expect(
          Math.abs(slope - expected),
          `${weight.name}: ${expected}, not ${slope}`,
        ).toBeLessThan(tolerance)
      }
    }
    expect(moved).toBeGreaterThan(2)
    session.dispose()
  })

  it('scale their gradient, add to what is there, and leave no tensor behind', async () => {
    useLibrary(name)
    const session = await open()
    session.accumulateAttribution(batch, priceOf(), pass)
    const norms = new Map(session.gradientNorms())
    session.clearGradients()
    const before = memory().tensors
    const first = session.accumulateAttribution(batch, priceOf(), { scale: 4 })
    session.clearGradients()
    expect(memory().tensors).toBe(before)
    expect(session.accumulateAttribution(batch, priceOf(), { scale: 2 })).toBe(first)
    session.accumulateAttribution(batch, priceOf(), { scale: 2 })
    for (const [parameter, norm] of session.gradientNorms()) {
      expect(norm / 4, parameter).toBeCloseTo(norms.get(parameter) ?? NaN, 3)
    }
    session.dispose()
  })

  it('leave the parameters alone where nothing has a price', async () => {
    useLibrary(name)
    const session = await open()
    const free = priceOf({ penalty: 0, reward: 0 })
    expect(session.accumulateAttribution(batch, free, pass)).toBe(0)
    expect(session.gradientNorms().size).toBe(0)
    session.dispose()
  })

  it('are computed in float32 also where products are in bfloat16', async () => {
    useLibrary(name)
    const wide = await open()
    const narrow = await open({ precision: 'bfloat16' })
    const price = wide.accumulateAttribution(batch, priceOf(), pass)
    expect(narrow.accumulateAttribution(batch, priceOf(), pass)).toBeCloseTo(price, 6)
    for (const [parameter, norm] of narrow.gradientNorms()) {
      expect(norm).toBeCloseTo(wide.gradientNorms().get(parameter) ?? NaN, 4)
    }
    wide.dispose()
    narrow.dispose()
  })
})

describe('a term of the logits', () => {
  const even =
    (weight: number) =>
    (logits: Float32Array): TermValue => ({
      loss: weight * 0.5 * logits.reduce((sum, one) => sum + one * one, 0),
      gradient: logits.map((one) => weight * one),
    })
  const context = { ...{ dropoutSeed: 5, step: 0, microStep: 0, scale: 1 }, labelSmoothing: 0 }
  const targets = { kind: 'classes', values: Int32Array.of(0, 2) } as const

  it('joins the loss of the targets in the gradient, not in what is told', async () => {
    const session = await open({ dropout: 0 })
    const plain = session.accumulate(batch, targets, context).read()
    const ofTargets = takeGradients(session)
    session
      .accumulate(batch, undefined, { ...context, extra: { targetWeight: 0, term: even(1) } })
      .dispose()
    const ofTerm = takeGradients(session)
    const extra = { targetWeight: 0.25, term: even(3) }
    expect(session.accumulate(batch, targets, { ...context, extra }).read()).toBe(plain)
    for (const [parameter, both] of takeGradients(session)) {
      both.forEach((value, at) => {
        const one = ofTargets.get(parameter)?.[at] ?? NaN
        const other = ofTerm.get(parameter)?.[at] ?? NaN
        expect(Math.abs(value - 0.25 * one - 3 * other), parameter).toBeLessThan(1e-4)
      })
    }
    session.dispose()
  })

  it('is told where there are no targets, and trains the head on features as on tokens', async () => {
    const session = await open({ dropout: 0, part: { kind: 'head' } })
    const extra = { targetWeight: 1, term: even(1) }
    const told = session.accumulate(batch, undefined, { ...context, extra }).read()
    expect(told).toBeCloseTo(even(1)(session.logits(batch)).loss, 5)
    const norms = new Map(session.gradientNorms())
    session.clearGradients()
    const features = session.embeddings(batch)
    session.accumulateHead(features, 2, undefined, { ...context, extra }).dispose()
    for (const [parameter, norm] of session.gradientNorms()) {
      expect(norm).toBeCloseTo(norms.get(parameter) ?? NaN, 5)
    }
    session.dispose()
  })
})
