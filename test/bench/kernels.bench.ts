/**
 * Each fused kernel against its naive form, the same function composed of TensorFlow's ops, on the
 * sizes of a MiniLM layer with 32 × 128 tokens. The two forms alternate; medians are printed and
 * appended to docs/benchmarks.md.
 */
import { expect, test } from 'vitest'
import type { Gradients } from '../../src/main/nn/gradients'
import { paddedAttention, paddedAttentionGrad } from '../../src/main/nn/kernels/composed/attention'
import { composed, fused, type Library } from '../../src/main/nn/kernels/library'
import {
  attention,
  attentionGrad,
  dropoutKey,
  processor,
  type NormInputs,
} from '../../src/main/nn/kernels/native'
import { WeightAverage } from '../../src/main/nn/optimizers/average'
import { createOptimizer } from '../../src/main/nn/optimizers/optimizer'
import { Scope } from '../../src/main/nn/optimizers/scope'
import * as ops from '../../src/main/nn/ops'
import { Parameter } from '../../src/main/nn/parameters'
import { device, scalar, Tensor, tensor } from '../../src/main/nn/tf'
import { draw } from '../main/nn/reference'
import { cell, median, publish } from './report'

const [tokens, hidden, inner, heads, words] = [4096, 384, 1536, 12, 30522] as const
const rounds = 11

/** Disposes of every tensor in a result. */
function release(result: unknown): void {
  if (result instanceof Tensor) result.dispose()
  else if (typeof result === 'object' && result !== null)
    for (const value of Object.values(result)) release(value)
}

function milliseconds(work: () => unknown): number {
  const start = performance.now()
  const result = work()
  const taken = performance.now() - start
  release(result)
  return taken
}

const report: string[][] = []

function compare(name: string, plain: () => unknown, quick: () => unknown): void {
  const times = Array.from({ length: rounds }, () => [milliseconds(plain), milliseconds(quick)])
  const [a, b] = [0, 1].map((i) => median(times.map((pair) => pair[i] ?? Number.NaN)))
  if (a === undefined || b === undefined) return
  report.push([name, cell(a, 2), cell(b, 2), cell(a / b, 1)])
}

const each = (name: string, work: (library: Library) => unknown): void => {
  compare(
    name,
    () => work(composed),
    () => work(fused),
  )
}

const random = (...shape: number[]): Tensor =>
  tensor(
    draw(
      shape.reduce((a, b) => a * b, 1),
      shape.length,
    ),
    shape,
  )

/** Both element types of a tensor. */
const types = (x: Tensor): readonly (readonly [string, Tensor])[] => [
  ['float32', x],
  ['bfloat16', fused.cast(x)],
]

const dropout = () => ({ rate: 0.1, key: dropoutKey(1, 2, 3) })

test('activations and norms', () => {
  const bias = random(inner)
  for (const [type, x] of types(random(tokens, inner))) {
    each(`bias + GELU, ${type}`, (use) => use.biasActivation('gelu', x, bias))
    each(`its gradient, ${type}`, (use) => use.biasActivationGrad('gelu', x, bias, x))
    each(`column sum, ${type}`, (use) => use.columnSum(x))
  }
  const wide = random(tokens, hidden)
  const gamma = random(hidden)
  for (const [type, branch] of types(wide)) {
    const inputs: NormInputs = { branch, bias: gamma, residual: wide, gamma, dropout: dropout() }
    const copies = type === 'bfloat16' ? 'bfloat16' : undefined
    each(`residual + dropout + norm, ${type}`, (use) =>
      use.residualNorm(inputs, gamma, 1e-12, copies),
    )
    const saved = fused.residualNorm(inputs, gamma, 1e-12)
    each(`its gradient, ${type}`, (use) => use.residualNormGrad(inputs, saved, wide, branch))
  }
  const rows = random(tokens, inner)
  each('dropout, float32', (use) => use.dropout(rows, dropout()))
  each('cast to bfloat16', (use) => use.cast(rows))
})

test.each([16, 32, 64, 128])('attention over sequences of %i tokens', (length) => {
  const count = tokens / length
  const segments = tensor(
    Int32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? (i / 2) * length : length)),
    [count, 2],
  )
  const mask = tensor(new Float32Array(tokens), [count, 1, 1, length])
  const wide = random(tokens, hidden)
  types(random(tokens, 3 * hidden)).forEach(([type, qkv], i) => {
    const dcontext = i === 0 ? wide : fused.cast(wide)
    const plain = { qkv, rows: count, length, heads, mask, dropout: dropout() }
    const quick = { q: qkv, segments, heads, dropout: dropout() }
    const { weights } = paddedAttention(plain)
    const { logsumexp } = attention(quick)
    compare(
      `attention ${length}, ${type}`,
      () => paddedAttention(plain),
      () => attention(quick),
    )
    compare(
      `its gradient ${length}, ${type}`,
      () => paddedAttentionGrad(plain, weights, dcontext),
      () => attentionGrad(quick, logsumexp, dcontext),
    )
  })
})

test('embedding and AdamW', () => {
  const ids = (most: number): Tensor =>
    tensor(
      Int32Array.from({ length: tokens }, (_, i) => Math.imul(i, 7919) % most),
      [tokens],
    )
  const gamma = random(hidden)
  const inputs = {
    word: { table: random(words, hidden), ids: ids(words) },
    position: { table: random(512, hidden), ids: ids(128) },
    kind: { table: random(2, hidden), ids: ids(1) },
    ...{ gamma, dropout: dropout() },
  }
  const dy = random(tokens, hidden)
  each('embedding', (use) => use.embed(inputs, gamma, { epsilon: 1e-12 }))
  const saved = fused.embed(inputs, gamma, { epsilon: 1e-12 })
  each('its gradient by rows', (use) => use.embedGrad(inputs, saved, dy))
  each('rows summed by id', (use) => use.rowSum(dy, inputs.word.ids))
  const value = random(words, hidden)
  const gradients = new Map([['w', { kind: 'dense', value } as const]])
  const settings = {
    ...({ name: 'adamw', weightDecay: 0, beta1: 0.9, beta2: 0.999 } as const),
    ...{ epsilon: 1e-8, momentum: 0 },
  }
  const optimizers = (['composed', 'native'] as const).map((kernels) => {
    const parameter = new Parameter('w', [words, hidden], true)
    parameter.write(draw(words * hidden, 1))
    return createOptimizer({ ...settings, kernels }, [parameter])
  })
  const scale = scalar(1)
  const step = (index: number, use: Gradients) => (): void => {
    optimizers[index]?.step(use, { learningRate: 1e-4, scale })
  }
  const { ids: rows, values } = fused.rowSum(dy, inputs.word.ids)
  const sparse = new Map([['w', { kind: 'sparse', ids: rows, values, rows: words } as const]])
  compare('AdamW, 11.7 M, gradient of 4,096 rows', step(0, sparse), step(1, sparse))
  compare('AdamW, 11.7 M, dense', step(0, gradients), step(1, gradients))
})

test('average of the weights', () => {
  const make = (): Parameter => {
    const parameter = new Parameter('w', [words, hidden], true)
    parameter.write(draw(words * hidden, 1))
    return parameter
  }
  const parameter = make()
  const average = new WeightAverage([parameter], 0.999)
  const shadow = make().variable
  const naive = (): void => {
    Scope.run((scope) => {
      const kept = scope.mul(scope.read(shadow), 0.999)
      shadow.assign(scope.add(kept, scope.mul(scope.read(parameter.variable), 0.001)))
    })
  }
  compare('average of 11.7 M weights', naive, () => {
    average.update()
  })
  average.dispose()
})

test('matrix products', () => {
  const [a, b, dy] = [random(tokens, hidden), random(inner, hidden), random(tokens, inner)]
  const [na, nb] = [fused.cast(a), fused.cast(b)]
  each('x Wᵀ, 4096 × 384 × 1536', (use) => use.product(a, b, false, true))
  each('its gradient of x', (use) => use.product(dy, b))
  each('its gradient of W', (use) => use.product(dy, a, true))
  compare(
    'matrix product 4096 × 384 × 1536: float32 and bfloat16',
    () => ops.matMul(a, b, false, true),
    () => ops.matMul(na, nb, false, true),
  )
})

test('the table', () => {
  const { level, threads } = processor()
  publish(
    'Kernels',
    `TensorFlow ${device().tensorflow}, instructions ${level}, ${threads} threads; medians of ${rounds} alternating runs, ${tokens} tokens of width ${hidden} (inner ${inner}, ${heads} heads).`,
    ['kernel', 'naive, ms', 'fused, ms', 'ratio'],
    report,
  )
  expect(report.length).toBeGreaterThan(2)
})
