import { expect, it } from 'vitest'
import { createOptimizer } from '../../../src/main/nn/optimizers/optimizer'
import { createSession, sourceOf } from '../../../src/main/nn/session'
import { initialValues } from '../../../src/main/nn/initial'
import { planModel, type PlanOptions } from '../../../src/main/nn/plan'
import { memory } from '../../../src/main/nn/tf'

const steps = 2000
const warmUp = 400

const options: PlanOptions = {
  config: {
    model_type: 'bert',
    vocab_size: 50,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 16,
    max_position_embeddings: 16,
  },
  task: 'single-label',
  labels: ['a', 'b'],
  pooling: 'checkpoint',
  dropout: 0.1,
}

/** Resident memory is held to account where a process has nothing else to do: trainer/process. */
it('2,000 steps leave tensors and their bytes as they were', async () => {
  const plan = planModel(options)
  const weights = plan.specs.map((spec) => ({
    ...{ name: spec.name, shape: spec.shape, data: initialValues(spec, 0.2, 1) },
  }))
  const session = await createSession({
    ...{ ...options, weights: sourceOf(weights), part: { kind: 'all' } },
    ...{ precision: 'float32', initSeed: 0 },
  })
  const optimizer = createOptimizer(
    {
      ...{ name: 'adamw', weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0 },
    },
    session.parameters,
  )
  let settled = { tensors: 0, bytes: 0 }
  for (let step = 0; step < steps; step += 1) {
    const length = 4 + (step % 9)
    const ids = Int32Array.from({ length: 4 * length }, (_, cell) => (cell * 7 + step) % 50)
    const mask = new Int32Array(4 * length).fill(1)
    const batch = { ids, mask, typeIds: undefined, rows: 4, length }
    const targets = { kind: 'classes', values: Int32Array.of(0, 1, 1, 0) } as const
    const context = { dropoutSeed: 1, step, microStep: 0, scale: 1 }
    session.accumulate(batch, targets, context).dispose()
    session.apply(optimizer, { learningRate: 1e-3, clipNorm: 1 }).dispose()
    if (step === warmUp) {
      const { tensors, bytes } = memory()
      settled = { tensors, bytes }
    }
  }
  const { tensors, bytes } = memory()
  expect({ tensors, bytes }).toEqual(settled)
  optimizer.dispose()
  session.dispose()
})
