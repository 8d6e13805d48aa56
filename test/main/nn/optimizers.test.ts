import { afterEach, describe, expect, test } from 'vitest'
import type { Gradient, Gradients } from '../../../src/main/nn/gradients'
import { clipScale } from '../../../src/main/nn/optimizers/clip'
import {
  createOptimizer,
  type Optimizer,
  type OptimizerName,
  type OptimizerSettings,
} from '../../../src/main/nn/optimizers/optimizer'
import { Parameter, Variable } from '../../../src/main/nn/parameters'
import { dispose, memory, readFloats, readScalar, scalar, tensor } from '../../../src/main/nn/tf'
import { draw } from './reference'

const shapes = { 'encoder.weight': [7, 5], 'encoder.bias': [5], 'norm.weight': [33] } as const
type Name = keyof typeof shapes
const names = Object.keys(shapes) as Name[]
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const open: { dispose(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.dispose()
})

const settings = (
  name: OptimizerName,
  more: Partial<OptimizerSettings> = {},
): OptimizerSettings => ({
  ...{ name, weightDecay: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, momentum: 0.9 },
  ...more,
})

function createParameters(): Parameter[] {
  return names.map((name, i) => {
    const parameter = new Parameter(name, shapes[name], true)
    parameter.write(draw(sizeOf(shapes[name]), i + 1))
    open.push(parameter)
    return parameter
  })
}

const gradientData = (name: Name, step: number): Float32Array =>
  draw(sizeOf(shapes[name]), 1000 * step + names.indexOf(name))

function withGradients(step: number, use: (gradients: Gradients) => void): void {
  const gradients = new Map<string, Gradient>(
    names.map((name) => [
      name,
      { kind: 'dense', value: tensor(gradientData(name, step), shapes[name]) },
    ]),
  )
  use(gradients)
  for (const one of gradients.values()) if (one.kind === 'dense') one.value.dispose()
}

/** Ten steps at a falling rate; the weights afterwards. */
function train(optimizer: Optimizer, from = 1, to = 10, clip = 1): void {
  for (let step = from; step <= to; step++)
    withGradients(step, (gradients) => {
      const scale = scalar(clip)
      optimizer.step(gradients, { learningRate: 0.1 / step, scale })
      scale.dispose()
    })
}

function run(options: OptimizerSettings): ReadonlyMap<string, Float32Array> {
  const parameters = createParameters()
  const optimizer = createOptimizer(options, parameters)
  open.push(optimizer)
  train(optimizer)
  return new Map(parameters.map((parameter) => [parameter.name, parameter.read()]))
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(expected.length)
  for (let i = 0; i < got.length; i++)
    expect(Math.abs((got[i] ?? Number.NaN) - (expected[i] ?? 0))).toBeLessThan(tolerance)
}

type Element = (w: number, g: number, state: number[], rate: number, step: number) => number
const decay = 0.1

/** The published update of one element, in double precision. */
const formulas: Partial<Record<OptimizerName, Element>> = {
  adamw: (w, g, state, rate, step) => adam(w * (1 - rate * decay), g, state, rate, step),
  adam: (w, g, state, rate, step) => adam(w, g + decay * w, state, rate, step),
  sgd: (w, g, _, rate) => w - rate * (g + decay * w),
  momentum: (w, g, state, rate) => {
    state[0] = 0.9 * (state[0] ?? 0) + g + decay * w
    return w - rate * state[0]
  },
  lion: (w, g, state, rate) => {
    const before = state[0] ?? 0
    state[0] = 0.99 * before + 0.01 * g
    return w * (1 - rate * decay) - rate * Math.sign(0.9 * before + 0.1 * g)
  },
}

function adam(w: number, g: number, state: number[], rate: number, step: number): number {
  const m = 0.9 * (state[0] ?? 0) + 0.1 * g
  const v = 0.99 * (state[1] ?? 0) + 0.01 * g * g
  state.splice(0, 2, m, v)
  return w - (rate * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.99 ** step)) + 1e-6)
}

function expected(formula: Element, name: Name): Float64Array {
  const start = draw(sizeOf(shapes[name]), names.indexOf(name) + 1)
  return Float64Array.from(start, (w, i) => {
    const state: number[] = []
    let value = w
    for (let step = 1; step <= 10; step++)
      value = formula(value, gradientData(name, step)[i] ?? 0, state, 0.1 / step, step)
    return value
  })
}

describe.each(['native', 'composed'] as const)('%s updates', (kernels) => {
  test.each(Object.entries(formulas))('%s follows its formula for ten steps', (name, formula) => {
    const weights = run(settings(name as OptimizerName, { kernels }))
    for (const each of names) expectClose(weights.get(each) ?? [], expected(formula, each), 2e-5)
  })

  test('nesterov momentum looks ahead', () => {
    const nesterov: Element = (w, g, state, rate) => {
      const full = g + decay * w
      state[0] = 0.9 * (state[0] ?? 0) + full
      return w - rate * (full + 0.9 * state[0])
    }
    const weights = run(settings('momentum', { kernels, nesterov: true }))
    for (const each of names) expectClose(weights.get(each) ?? [], expected(nesterov, each), 2e-5)
  })

  test('decay can spare biases and norms, rates can differ by parameter', () => {
    const weights = run(
      settings('adamw', {
        ...{ kernels, decayOf: 'weights' },
        rateOf: ({ name }) => (name === 'norm.weight' ? 0 : 1),
      }),
    )
    const plain: Element = (w, g, state, rate, step) => adam(w, g, state, rate, step)
    expectClose(weights.get('encoder.bias') ?? [], expected(plain, 'encoder.bias'), 2e-5)
    expect(weights.get('norm.weight')).toEqual(draw(33, 3))
  })

  test('the clip scale multiplies every gradient', () => {
    const [a, b] = [createParameters(), createParameters()]
    const optimizers = [a, b].map((each) => createOptimizer(settings('sgd', { kernels }), each))
    open.push(...optimizers)
    optimizers.forEach((optimizer, i) => {
      train(optimizer, 1, 1, i === 0 ? 1 : 0.5)
    })
    const moved = (parameters: readonly Parameter[]): number =>
      (parameters[1]?.read()[0] ?? 0) * 1 - (draw(5, 2)[0] ?? 0) * (1 - 0.1 * decay)
    expect(moved(b) / moved(a)).toBeCloseTo(0.5, 4)
  })

  test('bfloat16 shadows follow the weights', () => {
    const parameters = createParameters()
    const shadow = new Variable(shapes['encoder.weight'], 'bfloat16')
    const zero = tensor(new Float32Array(35), shapes['encoder.weight'])
    open.push(shadow, zero)
    const shadowOf = (parameter: Parameter): Variable | undefined =>
      parameter.name === 'encoder.weight' ? shadow : undefined
    assignRounded(shadow, zero)
    const optimizer = createOptimizer(settings('adamw', { kernels, shadowOf }), parameters)
    open.push(optimizer)
    train(optimizer, 1, 2)
    const value = shadow.value()
    const weights = parameters[0]?.read() ?? new Float32Array(0)
    readFloats(value).forEach((rounded, i) => {
      const exact = weights[i] ?? 0
      expect(Math.abs(rounded - exact)).toBeLessThanOrEqual(Math.abs(exact) / 256)
    })
    value.dispose()
  })

  test.each(['adamw', 'adam', 'momentum', 'sgd', 'lion'] as const)(
    'a sparse gradient moves %s exactly as the same gradient with zeros',
    (name) => {
      const [sparse, dense] = [true, false].map((isSparse) => {
        const parameter = new Parameter('word.weight', [40, 12], true)
        parameter.write(draw(480, 5))
        const optimizer = createOptimizer(settings(name, { kernels }), [parameter])
        open.push(parameter, optimizer)
        for (let step = 1; step <= 4; step++) sparseStep(optimizer, step, isSparse)
        return [parameter.read(), ...[...optimizer.state()].map((one) => one.data)]
      })
      expect(sparse).toEqual(dense)
    },
  )
})

function assignRounded(variable: Variable, from: ReturnType<typeof tensor>): void {
  const parameter = new Parameter('x', from.shape, true)
  const shadowOf = (): Variable => variable
  const optimizer = createOptimizer(settings('sgd', { kernels: 'composed', shadowOf }), [parameter])
  parameter.write(readFloats(from))
  const scale = scalar(1)
  const gradients = new Map([['x', { kind: 'dense', value: from } as const]])
  optimizer.step(gradients, { learningRate: 0, scale })
  dispose(scale)
  parameter.dispose()
}

function sparseStep(optimizer: Optimizer, step: number, isSparse: boolean): void {
  const rows = [step, step + 3, 2 * step + 20]
  const values = draw(rows.length * 12, step)
  const dense = new Float32Array(480)
  rows.forEach((row, i) => {
    dense.set(values.subarray(i * 12, (i + 1) * 12), row * 12)
  })
  const [ids, sparse] = [tensor(Int32Array.from(rows), [3]), tensor(values, [3, 12])]
  const full = tensor(dense, [40, 12])
  const gradient: Gradient = isSparse
    ? { kind: 'sparse', ids, values: sparse, rows: 40 }
    : { kind: 'dense', value: full }
  const scale = scalar(0.7)
  optimizer.step(new Map([['word.weight', gradient]]), { learningRate: 0.01, scale })
  dispose(ids, sparse, full, scale)
}

describe('LAMB and Adafactor', () => {
  test('LAMB moves a tensor by the rate times its own norm', () => {
    const parameters = createParameters()
    const optimizer = createOptimizer(settings('lamb', { weightDecay: 0 }), parameters)
    open.push(optimizer)
    const norm = (x: ArrayLike<number>): number =>
      Math.sqrt(Array.from(x).reduce((a, b) => a + b * b, 0))
    const before = parameters.map((parameter) => parameter.read())
    train(optimizer, 1, 1)
    parameters.forEach((parameter, i) => {
      const start = before[i] ?? new Float32Array(0)
      const change = parameter.read().map((value, j) => value - (start[j] ?? 0))
      expect(norm(change) / norm(start)).toBeCloseTo(0.1, 4)
    })
  })

  test("Adafactor's first step of a vector is the rate times the gradient's sign", () => {
    const parameters = createParameters()
    const optimizer = createOptimizer(settings('adafactor', { weightDecay: 0 }), parameters)
    open.push(optimizer)
    train(optimizer, 1, 1)
    const moved = parameters[2]?.read().map((value, i) => value - (draw(33, 3)[i] ?? 0)) ?? []
    expectClose(
      moved,
      gradientData('norm.weight', 1).map((g) => -0.1 * Math.sign(g)),
      1e-5,
    )
  })

  test("Adafactor's first step of a matrix divides by the roots of row and column means", () => {
    const parameters = createParameters()
    const optimizer = createOptimizer(settings('adafactor', { weightDecay: 0 }), parameters)
    open.push(optimizer)
    train(optimizer, 1, 1)
    const g = gradientData('encoder.weight', 1)
    const mean = (pick: (i: number) => boolean): number => {
      const chosen = Array.from(g).filter((_, i) => pick(i))
      return chosen.reduce((a, b) => a + b * b, 0) / chosen.length
    }
    const all = mean(() => true)
    const raw = Array.from(g, (value, i) => {
      const row = mean((j) => Math.floor(j / 5) === Math.floor(i / 5))
      return value / Math.sqrt((row / all) * mean((j) => j % 5 === i % 5))
    })
    const rms = Math.sqrt(raw.reduce((a, b) => a + b * b, 0) / raw.length)
    const start = draw(35, 1)
    const want = raw.map((u, i) => (start[i] ?? 0) - (0.1 * u) / Math.max(1, rms))
    expectClose(parameters[0]?.read() ?? [], want, 1e-5)
  })
})

describe('state', () => {
  test.each(['adamw', 'adam', 'sgd', 'momentum', 'lion', 'lamb', 'adafactor'] as const)(
    '%s continues bit for bit from its saved state',
    (name) => {
      const straight = createParameters()
      const one = createOptimizer(settings(name), straight)
      open.push(one)
      train(one, 1, 5)
      const saved = [...one.state()]
      const resumed = createParameters()
      resumed.forEach((parameter, i) => {
        parameter.write(straight[i]?.read() ?? new Float32Array(0))
      })
      const other = createOptimizer(settings(name), resumed)
      open.push(other)
      other.restore(saved)
      train(one, 6, 10)
      train(other, 6, 10)
      expect(resumed.map((each) => each.read())).toEqual(straight.map((each) => each.read()))
      expect([...other.state()]).toEqual([...one.state()])
    },
  )

  test('of another optimiser is refused by the name of what is missing', () => {
    const parameters = createParameters()
    const [adamw, momentum] = [settings('adamw'), settings('momentum')].map((each) =>
      createOptimizer(each, parameters),
    )
    if (adamw === undefined || momentum === undefined) throw new Error('no optimisers')
    open.push(adamw, momentum)
    expect(() => {
      adamw.restore(momentum.state())
    }).toThrow(/encoder\.weight\.exp_avg/)
  })

  test('steps keep no tensors', () => {
    for (const kernels of ['native', 'composed'] as const) {
      const parameters = createParameters()
      const optimizer = createOptimizer(settings('adamw', { kernels }), parameters)
      open.push(optimizer)
      train(optimizer, 1, 1)
      const { tensors } = memory()
      train(optimizer, 2, 30)
      expect(memory().tensors).toBe(tensors)
    }
  })
})

describe('clipping', () => {
  const measure = (limit: number | null, values: readonly Float32Array[]): [number, number] => {
    const tensors = values.map((data) => tensor(data, [data.length]))
    const gradients = new Map(
      tensors.map((value, i) => [String(i), { kind: 'dense', value } as const]),
    )
    const { norm, scale } = clipScale(gradients, limit)
    const result: [number, number] = [readScalar(norm), readScalar(scale)]
    dispose(norm, scale, ...tensors)
    return result
  }

  test('takes the norm of all gradients together and limits it', () => {
    const [norm, scale] = measure(1, [Float32Array.of(3), Float32Array.of(0, 4)])
    expect(norm).toBeCloseTo(5, 6)
    expect(scale).toBeCloseTo(1 / (5 + 1e-6), 7)
  })

  test('leaves small gradients and missing limits alone', () => {
    expect(measure(10, [Float32Array.of(3, 4)])[1]).toBe(1)
    expect(measure(null, [Float32Array.of(300, 4)])[1]).toBe(1)
  })

  test('is exact for many values', () => {
    const data = draw(300_001, 4)
    const exact = Math.sqrt(data.reduce((a, b) => a + b * b, 0))
    expect(measure(1, [data])[0] / exact).toBeCloseTo(1, 6)
  })

  test('shows that a gradient is not finite', () => {
    expect(measure(1, [Float32Array.of(Number.NaN, 1)])[0]).toBeNaN()
    expect(measure(1, [Float32Array.of(Infinity, 1)])[0]).toBe(Infinity)
  })
})
