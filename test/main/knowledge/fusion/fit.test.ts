import { describe, expect, it } from 'vitest'
import { applyFusion } from '../../../../src/main/knowledge/fusion/apply'
import { fitFusion, type FusionInput } from '../../../../src/main/knowledge/fusion/fit'
import { parseFittedFusion, type FittedFusion } from '../../../../src/main/knowledge/fusion/fitted'
import { logLoss, softmaxOf } from '../../../../src/main/knowledge/softmax'
import { evidenceOf, lexicon, twoClasses } from './support'

const labels = ['negative', 'positive']
const auto: FusionInput['methods'] = [{ use: 'posterior', lambda: 'auto' }, { use: 'calibration' }]

const fitOn = (data: ReturnType<typeof twoClasses>, methods = auto): FittedFusion =>
  fitFusion({ task: 'single-label', labels, pieces: [lexicon], methods, ...data }).fitted

function judge(fitted: FittedFusion, data: ReturnType<typeof twoClasses>) {
  const probabilities: number[] = []
  let correct = 0
  data.y.forEach((label, row) => {
    const answer = applyFusion(
      fitted,
      { pieces: [lexicon] },
      { logits: data.logits.slice(2 * row, 2 * row + 2), evidence: evidenceOf(data.table, row) },
    )
    probabilities.push(...answer.probabilities)
    if (answer.label === labels[label]) correct += 1
  })
  return { loss: logLoss(probabilities, data.y, 2), accuracy: correct / data.y.length }
}

function modelAlone(data: ReturnType<typeof twoClasses>) {
  const probabilities = Array.from(data.y, (_, row) =>
    softmaxOf(data.logits.slice(2 * row, 2 * row + 2)),
  )
  const correct = probabilities.filter((row, i) => (row[1] ?? 0) > 0.5 === (data.y[i] === 1)).length
  return { loss: logLoss(probabilities.flat(), data.y, 2), accuracy: correct / data.y.length }
}

describe('a fusion fitted on labelled rows', () => {
  it('gains from a lexicon that knows more than the model, from 16 rows on', () => {
    const test = twoClasses(2000, 99, 1, 1)
    for (const rows of [16, 64, 256]) {
      const gains = [1, 2, 3, 4, 5].map(
        (seed) =>
          judge(fitOn(twoClasses(rows, seed, 1, 1)), test).accuracy - modelAlone(test).accuracy,
      )
      expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toBeGreaterThan(0.08)
    }
  })

  it('finds the weight and temperature of data that follow the model exactly', () => {
    // P(y = 1) = σ(2 · logit difference + 2 · 1.5 · score): temperature 0.5, λ = 0.75.
    const data = twoClasses(4000, 5, 0.5, 0)
    let state = 12345
    data.y.forEach((_, row) => {
      const model = (data.logits[2 * row + 1] ?? 0) - (data.logits[2 * row] ?? 0)
      const score = data.table.scores[2 * row + 1] ?? 0
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      data.y[row] = state / 2 ** 32 < 1 / (1 + Math.exp(-(2 * model + 3 * score))) ? 1 : 0
    })
    const fitted = fitOn(data)
    expect(fitted.calibration?.temperature).toBeCloseTo(0.5, 1)
    expect(fitted.weights[0]?.weight).toBeCloseTo(0.75, 1)
  })

  it('does no harm: a lexicon of noise costs at most half a point', () => {
    const test = twoClasses(4000, 98, 1, 0)
    for (const rows of [64, 256]) {
      const costs = Array.from(
        { length: 10 },
        (_, seed) =>
          modelAlone(test).accuracy - judge(fitOn(twoClasses(rows, seed + 1, 1, 0)), test).accuracy,
      )
      expect(costs.reduce((sum, cost) => sum + cost, 0) / costs.length).toBeLessThan(0.005)
    }
  })

  it('turns an inverted lexicon round', () => {
    const fitted = fitOn(twoClasses(64, 3, 1, -1))
    expect(fitted.weights[0]?.weight).toBeLessThan(-0.5)
    const test = twoClasses(2000, 97, 1, -1)
    expect(judge(fitted, test).accuracy).toBeGreaterThan(modelAlone(test).accuracy + 0.08)
    const { provenance } = applyFusion(
      fitted,
      { pieces: [lexicon] },
      { logits: [0, 0], evidence: evidenceOf(test.table, 0) },
    )
    expect(provenance.steps[0]?.text).toContain('turned round')
  })

  it('shows its trials, of which one was chosen, and judges on rows that fits did not see', () => {
    const data = twoClasses(40, 2, 1, 1)
    const fit = fitFusion({
      task: 'single-label',
      labels,
      pieces: [lexicon],
      methods: auto,
      ...data,
    })
    expect(fit.trials[0]?.name).toBe('the model alone')
    expect(fit.trials.filter((trial) => trial.chosen)).toHaveLength(1)
    const chosen = fit.trials.find((trial) => trial.chosen)
    expect(chosen?.loss).toBeLessThan(fit.trials[0]?.loss ?? 0)
    expect(chosen?.loss).toBeCloseTo(Math.min(...fit.trials.map((trial) => trial.loss)), 1)
    expect(fit.heldOut.losses).toHaveLength(40)
  })

  it('takes a stated weight as it is, and nothing where no method is asked for', () => {
    const data = twoClasses(40, 2, 1, 1)
    expect(fitOn(data, [{ use: 'posterior', lambda: 2 }]).weights).toEqual([
      { piece: lexicon.id, weight: 2 },
    ])
    const none = fitOn(data, [])
    expect(none.weights[0]?.weight).toBe(0)
    expect(none.calibration).toBeNull()
    expect(judge(none, data)).toEqual(modelAlone(data))
  })

  it('survives one row, one class among the rows, and no row at all', () => {
    for (const rows of [0, 1, 2]) {
      const fitted = fitOn(twoClasses(rows, 1, 1, 1), [
        ...auto,
        { use: 'conformal', coverage: 0.9 },
        { use: 'prior-shift', to: 'estimated', weight: 'auto' },
      ])
      expect(fitted.calibration?.temperature).toBeGreaterThan(0)
      expect(fitted.conformal?.threshold).toBeNull()
    }
    const data = twoClasses(30, 1, 1, 1)
    const fitted = fitOn({ ...data, y: new Int32Array(30) })
    expect(Number.isFinite(fitted.weights[0]?.weight)).toBe(true)
  })

  it('gives the same fit for the same seed, and one that survives a file', () => {
    const data = twoClasses(64, 4, 1, 0.5)
    const fitted = fitOn(data)
    expect(fitOn(data)).toEqual(fitted)
    expect(parseFittedFusion(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted)
    expect(() => parseFittedFusion({ ...fitted, labels: [] })).toThrow(/fusion\.json: labels/)
  })

  it('mixes in neighbours only where they help', () => {
    const data = twoClasses(100, 6, 0.3, 0)
    const near = (right: boolean) =>
      Array.from(data.y, (label, row) =>
        [0, 1, 2].map((at) => ({
          id: `${row}-${at}`,
          text: '',
          labels: [right || row % 2 === 0 ? label : 1 - label],
          distance: 0.1 * at,
        })),
      )
    const methods: FusionInput['methods'] = [
      { use: 'neighbours', k: 3, temperature: 1, weight: 'auto' },
      { use: 'calibration' },
    ]
    const fit = (right: boolean) =>
      fitFusion({
        task: 'single-label',
        labels,
        pieces: [lexicon],
        methods,
        ...data,
        neighbours: near(right),
      }).fitted
    expect(fit(true).neighbours?.weight).toBeGreaterThan(0.5)
    expect(fit(false).neighbours).toBeNull()
  })
})
