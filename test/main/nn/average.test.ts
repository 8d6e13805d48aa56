import { afterEach, describe, expect, it } from 'vitest'
import { WeightAverage } from '../../../src/main/nn/optimizers/average'
import { LossScale } from '../../../src/main/nn/optimizers/loss-scale'
import { Parameter } from '../../../src/main/nn/parameters'
import { memory } from '../../../src/main/nn/tf'
import { expectClose, numbers } from './support'

const size = 1000

describe('the moving average of weights', () => {
  const parameters: Parameter[] = []
  const make = (name: string, trained = true): Parameter => {
    const parameter = new Parameter(name, [size], trained)
    parameter.write(numbers(size, parameters.length + 1))
    parameters.push(parameter)
    return parameter
  }
  afterEach(() => {
    for (const parameter of parameters.splice(0)) parameter.dispose()
  })

  it('follows d s + (1 - d) w with a decay that grows to its limit', () => {
    const [a, b] = [make('a'), make('b')]
    const average = new WeightAverage([a, b], 0.9)
    const expected = [a, b].map((one) => Float64Array.from(one.read()))
    for (let step = 0; step < 120; step += 1) {
      const decay = Math.min(0.9, (1 + step) / (10 + step))
      ;[a, b].forEach((one, index) => {
        const weights = numbers(size, 100 + 2 * step + index)
        one.write(weights)
        const own = expected[index] ?? new Float64Array()
        own.forEach((value, at) => {
          own[at] = decay * value + (1 - decay) * (weights[at] ?? 0)
        })
      })
      average.update()
    }
    const [wa, wb] = [a.read(), b.read()]
    average.show(true)
    expectClose(a.read(), expected[0] ?? [], 1e-6)
    expectClose(b.read(), expected[1] ?? [], 1e-6)
    average.show(false)
    expect(a.read()).toEqual(wa)
    expect(b.read()).toEqual(wb)
    average.dispose()
  })

  it('leaves frozen parameters alone, and the weights when it is let go while shown', () => {
    const [a, frozen] = [make('a'), make('frozen', false)]
    const average = new WeightAverage([a, frozen], 0.5)
    expect([...average.state()].map(({ name }) => name)).toEqual(['average.steps', 'average.a'])
    const weights = numbers(size, 9)
    a.write(weights)
    average.show(true)
    expect(a.read()).not.toEqual(weights)
    average.dispose()
    expect(a.read()).toEqual(weights)
  })

  it('goes on from its state bit for bit', () => {
    const a = make('a')
    const straight = new WeightAverage([a], 0.99)
    const steps = (average: WeightAverage, from: number, to: number): void => {
      for (let step = from; step < to; step += 1) {
        a.write(numbers(size, 50 + step))
        average.update()
      }
    }
    steps(straight, 0, 5)
    const state = [...straight.state()].map((one) => ({ ...one, data: one.data.slice() }))
    steps(straight, 5, 9)
    const resumed = new WeightAverage([a], 0.99)
    resumed.restore(state)
    steps(resumed, 5, 9)
    const last = (average: WeightAverage) => [...average.state()].map(({ data }) => [...data])
    expect(last(resumed)).toEqual(last(straight))
    expect(() => resumed.restore(state.slice(0, 1))).toThrow('average.a')
    straight.dispose()
    resumed.dispose()
  })

  it('needs no more tensors with every step', () => {
    const average = new WeightAverage([make('a')], 0.9)
    average.update()
    const before = memory().tensors
    for (let step = 0; step < 5; step += 1) average.update()
    expect(memory().tensors).toBe(before)
    average.dispose()
  })
})

describe('the loss scale of float16', () => {
  it('doubles after good steps, halves at an overflow and never goes below 1', () => {
    const scale = new LossScale({ initial: 8, interval: 3 })
    const after = (...overflows: readonly boolean[]): number => {
      for (const one of overflows) scale.after(one)
      return scale.scale
    }
    expect(after(false, false)).toBe(8)
    expect(after(true)).toBe(4)
    expect(after(false, false)).toBe(4)
    expect(after(false)).toBe(8)
    expect(after(true, true, true, true, true)).toBe(1)
  })

  it('goes on from its state', () => {
    const scale = new LossScale({ initial: 8, interval: 3 })
    scale.after(false)
    scale.after(false)
    const resumed = new LossScale({ initial: 64, interval: 3 })
    resumed.restore([scale.state()])
    resumed.after(false)
    expect(resumed.scale).toBe(16)
    expect(() => resumed.restore([])).toThrow('no loss scale')
  })
})
