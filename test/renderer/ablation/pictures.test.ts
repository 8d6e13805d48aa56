import { describe, expect, it } from 'vitest'
import {
  efficiencyFigure,
  forestFigure,
  piecesFigure,
  resultCsv,
  seedsText,
} from '../../../src/renderer/ablation/pictures'
import { efficiencyScene } from '../../../src/renderer/charts/efficiency'
import { forestScene } from '../../../src/renderer/charts/forest'
import type { Shape } from '../../../src/renderer/charts/scene'
import { exampleAblation, exampleCell, exampleDetail, exampleResult } from './exampleAblation'

const size = { width: 1200, height: 675 }

const textsOf = (shapes: readonly Shape[]): readonly string[] =>
  shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))

const dotsOf = (shapes: readonly Shape[]) =>
  shapes.flatMap((shape) => (shape.kind === 'dot' ? [shape] : []))

describe('the curve of label efficiency', () => {
  const cells = [exampleCell(), exampleCell({ state: 'failed' }), exampleCell({ state: 'queued' })]
  const { shapes } = efficiencyScene(efficiencyFigure(exampleDetail({ cells })), size)
  const texts = textsOf(shapes)

  it('has a title, axes, the number of seeds and its source', () => {
    expect(texts).toContain('How many labels knowledge is worth: valence on film')
    expect(texts).toContain('Test accuracy, mean of 2 seeds with 95% intervals')
    expect(texts).toContain('Labelled training rows (logarithmic)')
    expect(texts).toContain('Test accuracy')
    expect(texts).toContain(
      'Graftbench ablation 3 · MiniLM · pack valence (01234567) · 2 of 18 runs · 1970-01-02',
    )
  })

  it('names every line directly and marks every number that was tried', () => {
    for (const name of ['No knowledge', 'Training', 'Both', '16', '64', '256']) {
      expect(texts).toContain(name)
    }
    expect(dotsOf(shapes)).toHaveLength(9)
  })

  it('says how many labels none needs to match the best arm', () => {
    expect(texts.join(' ')).toContain('none needs 91 labels, 5.7 times as many')
  })

  it('spaces numbers of labels by their logarithm', () => {
    const [a = 0, b = 0, c = 0] = dotsOf(shapes).map(({ at }) => at.x)
    expect(b - a).toBeCloseTo(c - b, 6)
  })

  it('puts higher values higher', () => {
    const [a, b] = dotsOf(shapes)
    expect(b?.at.y).toBeLessThan(a?.at.y ?? 0)
  })

  it('shows all rows beyond the greatest number', () => {
    const all = exampleResult.table.map((row) =>
      row.labels === 256 ? { ...row, labels: null } : row,
    )
    const detail = exampleDetail({ result: { ...exampleResult, table: all, efficiency: [] } })
    const drawn = efficiencyScene(efficiencyFigure(detail), size).shapes
    expect(textsOf(drawn)).toContain('all')
    const [, b, c] = dotsOf(drawn)
    expect(c?.at.x).toBeGreaterThan(b?.at.x ?? 0)
  })

  it('is drawn from one number of labels, and from nothing', () => {
    const one = exampleResult.table.filter(({ labels }) => labels === 16)
    for (const table of [one, []]) {
      const detail = exampleDetail({ result: { table, tests: [], efficiency: [] } })
      for (const shape of efficiencyScene(efficiencyFigure(detail), size).shapes) {
        expect(JSON.stringify(shape)).not.toContain('null')
      }
    }
  })

  it('keeps inside its paper', () => {
    for (const shape of shapes) {
      const places = 'points' in shape ? shape.points : [shape.at]
      for (const { x, y } of places) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(size.width)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(y).toBeLessThanOrEqual(size.height)
      }
    }
  })
})

describe('the plot of arms at one number of labels', () => {
  const figure = forestFigure(exampleDetail(), 16)

  it('has the mean, the difference to none and p of each arm', () => {
    expect(figure.rows.map(({ label, notes }) => [label, ...notes])).toEqual([
      ['No knowledge', '0.660', '', ''],
      ['Training', '0.720', '+0.060', '< 0.001'],
      ['Both', '0.760', '+0.100', '< 0.001'],
    ])
  })

  it('compares with the mean without knowledge', () => {
    expect(figure.reference).toEqual({ value: 0.66, label: 'no knowledge' })
    expect(textsOf(forestScene(figure, 1000).shapes)).toContain('no knowledge')
  })

  it('grows with its rows', () => {
    const fewer = { ...figure, rows: figure.rows.slice(0, 1) }
    expect(forestScene(figure, 1000).height).toBeGreaterThan(forestScene(fewer, 1000).height)
  })
})

describe('the plot of pieces left out', () => {
  const worth = (arm: string, difference: number) => ({
    labels: 16,
    arm: `without ${arm}`,
    against: 'both',
    metric: 'test.accuracy',
    difference,
    low: difference - 0.01,
    high: difference + 0.01,
    p: 0.2,
    seeds: 2,
  })
  const cells = ['rule:refund', 'lexicon:valence'].map((piece) =>
    exampleCell({ arm: `without ${piece}` }),
  )
  const tests = [worth('rule:refund', 0.02), worth('lexicon:valence', -0.05)]

  it('shows what is lost without a piece, the worthiest first', () => {
    const detail = exampleDetail({ cells, result: { ...exampleResult, tests } })
    const { rows } = piecesFigure(detail, 16)
    expect(rows.map(({ label }) => label)).toEqual(['lexicon valence', 'rule refund'])
    expect(rows[0]).toMatchObject({ value: 0.05, low: 0.04 })
    expect(rows[0]?.high).toBeCloseTo(0.06)
    expect(rows[1]).toMatchObject({ value: -0.02 })
  })

  it('turns the sign where less is better', () => {
    const detail = exampleDetail({
      ablation: exampleAblation({ metric: 'test.loss' }),
      cells,
      result: { ...exampleResult, tests },
    })
    expect(piecesFigure(detail, 16).rows[0]).toMatchObject({ label: 'rule refund', value: 0.02 })
  })
})

describe('how many seeds', () => {
  it('is one number when all have ended, a range before', () => {
    expect(seedsText([10, 10])).toBe('10 seeds')
    expect(seedsText([1])).toBe('1 seed')
    expect(seedsText([3, 10])).toBe('3 to 10 seeds')
  })
})

describe('the numbers as CSV', () => {
  it('have a line an arm and number of labels, with the test beside it', () => {
    const lines = resultCsv(exampleDetail()).trim().split('\r\n')
    expect(lines).toHaveLength(2 + 9)
    expect(lines[0]).toContain('0123456789abcdef')
    const both = lines.find((line) => line.startsWith('16,both'))
    expect(both).toContain('none,0.09999999999999998')
  })
})
