import { afterEach, describe, expect, it } from 'vitest'
import { useLibrary } from '../../../src/main/nn/kernels/library'
import { nativeAvailable } from '../../../src/main/nn/kernels/native'
import { createOptimizer } from '../../../src/main/nn/optimizers/optimizer'
import {
  createSession,
  sourceOf,
  type Session,
  type TokenBatch,
} from '../../../src/main/nn/session'
import { initialValues } from '../../../src/main/nn/initial'
import { planModel, type SessionTask } from '../../../src/main/nn/plan'
import { memory } from '../../../src/main/nn/tf'
import { expectClose } from './support'

const config = {
  ...{ model_type: 'bert', vocab_size: 60, hidden_size: 24, num_hidden_layers: 3 },
  ...{ num_attention_heads: 2, intermediate_size: 40, max_position_embeddings: 16 },
  initializer_range: 0.2,
}

async function open(
  pooling: 'first' | 'mean' | 'max',
  task: SessionTask = 'single-label',
): Promise<Session> {
  const options = { config, task, labels: ['a', 'b'], pooling, dropout: 0.1 } as const
  const weights = planModel(options).specs.map((spec) => ({
    ...{ name: spec.name, shape: spec.shape, data: initialValues(spec, 0.2, 3) },
  }))
  return createSession({
    ...{ ...options, weights: sourceOf(weights), part: { kind: 'all' } },
    ...{ precision: 'float32', initSeed: 1 },
  })
}

const plain: TokenBatch = {
  ids: Int32Array.from({ length: 12 }, (_, cell) => 2 + ((cell * 7) % 50)),
  mask: Int32Array.from({ length: 12 }, (_, cell) => (cell === 11 ? 0 : 1)),
  typeIds: undefined,
  rows: 2,
  length: 6,
}

/** Everything sees everything, at its own place. */
const whole: TokenBatch = {
  ...plain,
  structure: {
    positions: Int32Array.from({ length: 12 }, (_, cell) => cell % 6),
    visible: new Uint8Array(72).fill(1),
    pooled: new Uint8Array(12).fill(1),
  },
}

/** The fourth token is a branch that only the third sees; the sentence goes on at its place. */
function branched(id: number, seenBy: readonly number[]): TokenBatch {
  const sees = (from: number, to: number): boolean =>
    from === to || (from === 3 ? seenBy.includes(to) : to !== 3 || seenBy.includes(from))
  return {
    ...plain,
    ids: plain.ids.map((own, cell) => (cell % 6 === 3 ? id : own)),
    structure: {
      positions: Int32Array.from({ length: 12 }, (_, cell) => [0, 1, 2, 3, 3, 4][cell % 6] ?? 0),
      visible: Uint8Array.from({ length: 72 }, (_, at) =>
        sees(Math.floor(at / 6) % 6, at % 6) ? 1 : 0,
      ),
      pooled: Uint8Array.from({ length: 12 }, (_, cell) => (cell % 6 === 3 ? 0 : 1)),
    },
  }
}

const libraries = nativeAvailable() ? (['composed', 'fused'] as const) : (['composed'] as const)

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('a structured batch with %s kernels', (name) => {
  it.each(['first', 'mean', 'max'] as const)(
    'in which all see all is a plain one: %s',
    async (pooling) => {
      useLibrary(name)
      const session = await open(pooling)
      expectClose(session.logits(whole), session.logits(plain), 1e-5)
      session.dispose()
    },
  )

  it.each(['first', 'mean', 'max'] as const)(
    'reaches a vector only through what sees it: %s',
    async (pooling) => {
      useLibrary(name)
      const session = await open(pooling)
      const hidden = session.logits(branched(7, []))
      expectClose(session.logits(branched(30, [])), hidden, 1e-6)
      const seen = session.logits(branched(7, [2]))
      const other = session.logits(branched(30, [2]))
      expect(
        Math.max(...seen.map((value, at) => Math.abs(value - (other[at] ?? 0)))),
      ).toBeGreaterThan(1e-3)
      session.dispose()
    },
  )

  it('keeps the number of tensors and bytes over steps', async () => {
    useLibrary(name)
    const session = await open('mean')
    const optimizer = createOptimizer(
      {
        ...{ name: 'adamw', weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0 },
      },
      session.parameters,
    )
    const counts: string[] = []
    for (let step = 0; step < 5; step += 1) {
      const context = { dropoutSeed: 1, step, microStep: 0, scale: 1 }
      const values = Int32Array.of(0, 1)
      session.accumulate(branched(7, [2]), { kind: 'classes', values }, context).dispose()
      session.apply(optimizer, { learningRate: 1e-3, clipNorm: 1 }).dispose()
      session.logits(branched(7, [2]))
      const { tensors, bytes } = memory()
      counts.push(`${tensors} ${bytes}`)
    }
    expect(new Set(counts.slice(1)).size).toBe(1)
    optimizer.dispose()
    session.dispose()
  })

  it('has the loss in evaluation that it has in training without dropout', async () => {
    useLibrary(name)
    const session = await open('first', 'masked-lm')
    const values = plain.ids.map((id, cell) => (cell % 3 === 0 ? id : -100))
    const still = await createSession({
      ...{ config, task: 'masked-lm', labels: [], pooling: 'first', dropout: 0 },
      ...{ weights: sourceOf([...session.weights()]), part: { kind: 'all' } },
      ...{ precision: 'float32', initSeed: 1 },
    })
    const context = { dropoutSeed: 1, step: 0, microStep: 0, scale: 1 }
    const before = memory().tensors
    const loss = session.evaluateLoss(plain, { kind: 'tokens', values })
    session.release()
    expect(memory().tensors).toBe(before)
    expect(loss).toBeCloseTo(still.accumulate(plain, { kind: 'tokens', values }, context).read(), 5)
    session.dispose()
    still.dispose()
  })
})
