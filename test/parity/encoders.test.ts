import { afterEach, describe, expect, it } from 'vitest'
import { familyOf } from '../../src/main/nn/families'
import { useLibrary } from '../../src/main/nn/kernels/library'
import { nativeAvailable } from '../../src/main/nn/kernels/native'
import type { OptimizerSettings } from '../../src/main/nn/optimizers/optimizer'
import { createOptimizer } from '../../src/main/nn/optimizers/optimizer'
import type { StepContext } from '../../src/main/nn/session'
import { memory } from '../../src/main/nn/tf'
import type { Case } from './cases'
import { batchOf, encoderCases, expectedLogits, otherCases, sessionOf, targetsOf } from './cases'

/** The reference without dropout: the same loss as in evaluation. */
const context = (step: number): StepContext => ({
  dropoutSeed: 0,
  step,
  microStep: 0,
  scale: 1,
})

const settings: OptimizerSettings = {
  name: 'adamw',
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  momentum: 0.9,
}

/** Gradients that are zero but for rounding (a key's bias) are compared to this. */
const roundingNorm = 1e-7

async function trainTenSteps(one: Case, choice: OptimizerSettings, learningRate: number) {
  const session = await sessionOf(one)
  const optimizer = createOptimizer(choice, session.parameters)
  const losses: number[] = []
  for (let step = 0; step < 10; step += 1) {
    losses.push(session.accumulate(batchOf(one), targetsOf(one), context(step)).read())
    session.apply(optimizer, { learningRate, clipNorm: undefined }).dispose()
  }
  optimizer.dispose()
  session.dispose()
  return losses
}

const libraries = ['composed', 'fused'] as const

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('with %s kernels', (library) => {
  if (library === 'fused' && !nativeAvailable()) {
    it('has none on this machine: the composed kernels are used', () => {
      expect(nativeAvailable()).toBe(false)
    })
    return
  }

  describe.each(encoderCases)('$name', (one) => {
    it('gives the logits of the reference', async () => {
      useLibrary(library)
      const session = await sessionOf(one)
      const logits = session.logits(batchOf(one))
      const expected = expectedLogits(one)
      expect(logits.length).toBe(expected.length)
      const difference = logits.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))),
        0,
      )
      expect(difference).toBeLessThan(1e-4)
      session.dispose()
    })

    it('gives loss and gradient norm of every parameter', async () => {
      useLibrary(library)
      const before = memory().tensors
      const session = await sessionOf(one)
      const loss = session.accumulate(batchOf(one), targetsOf(one), context(0)).read()
      expect(Math.abs(loss / one.expected.loss_train - 1)).toBeLessThan(1e-5)
      const norms = session.gradientNorms()
      expect([...norms.keys()].toSorted()).toEqual(Object.keys(one.expected.grad_norms).toSorted())
      for (const [name, expected] of Object.entries(one.expected.grad_norms)) {
        const difference = Math.abs((norms.get(name) ?? NaN) - expected)
        expect(difference, name).toBeLessThan(Math.max(1e-3 * expected, roundingNorm))
      }
      session.dispose()
      expect(memory().tensors - before).toBeLessThanOrEqual(2)
    })

    it('follows ten steps of AdamW', async () => {
      useLibrary(library)
      const losses = await trainTenSteps(one, settings, 1e-3)
      const last = one.expected.adamw_losses.at(-1) ?? NaN
      expect(Math.abs((losses.at(-1) ?? NaN) / last - 1)).toBeLessThan(1e-3)
    })

    it('follows ten steps of SGD with momentum', async () => {
      useLibrary(library)
      const momentum = { ...settings, name: 'momentum', weightDecay: 0 } as const
      const losses = await trainTenSteps(one, momentum, 1e-2)
      const last = one.expected.sgd_losses.at(-1) ?? NaN
      expect(Math.abs((losses.at(-1) ?? NaN) / last - 1)).toBeLessThan(1e-3)
    })
  })
})

const others = otherCases.map((one) => one.name).join(', ') || 'none here'

describe('cases of other families', () => {
  it(`are refused by the name of their family: ${others}`, () => {
    for (const { config, family } of otherCases) {
      expect(() => familyOf(config)).toThrow(`"${family}"`)
    }
    expect(encoderCases.length + otherCases.length).toBeGreaterThan(0)
  })
})
