import { createHash } from 'node:crypto'
import type { NamedArray } from '../../../src/main/trainer/arrays'
import type { CreateTrainee } from '../../../src/main/trainer/setup'
import type { MicroStep, Trainee } from '../../../src/main/trainer/trainee'
import { gatherTargets } from '../../../src/main/trainer/targets'

/**
 * A small model that needs no TensorFlow: softmax regression on how often each token occurs, with
 * dropout of tokens that depends on (seed, step, batch) and momentum as optimiser state. Real
 * enough that a wrong order, weight or state changes its loss.
 */
export const createCountingModel: CreateTrainee = ({ data, folder, kept }) => {
  const classes = folder.manifest.labels.length
  const width = data.tokenizer.vocabulary
  const { dropout: seed } = folder.manifest.recipe.seeds
  const zeros = (): Float64Array => new Float64Array(classes * width)
  const weights = zeros()
  const momentum = zeros()
  const gradient = zeros()

  const load = (target: Float64Array, arrays: Iterable<NamedArray>): void => {
    for (const { name, data: values } of arrays) if (name === 'w') target.set(values)
  }
  if (kept !== undefined) {
    load(weights, kept.weights)
    load(momentum, kept.optimizer)
  }
  const save = (source: Float64Array): NamedArray[] => [
    { name: 'w', shape: [classes, width], data: Float32Array.from(source) },
  ]

  const tokensOf = (row: number): Int32Array =>
    data.tokens.ids.subarray(data.tokens.starts[row], data.tokens.starts[row + 1])
  const keeps = (at: MicroStep, row: number, token: number): boolean => {
    const text = `${seed} ${at.step} ${at.microStep} ${row} ${token}`
    return (createHash('sha256').update(text).digest()[0] ?? 0) > 25
  }
  const probabilities = (tokens: ArrayLike<number>): number[] => {
    const logits = Array.from({ length: classes }, (_, label) =>
      Array.from(tokens).reduce((sum, id) => sum + (weights[label * width + id] ?? 0), 0),
    )
    const greatest = Math.max(...logits)
    const exponentials = logits.map((logit) => Math.exp(logit - greatest))
    const sum = exponentials.reduce((total, value) => total + value, 0)
    return exponentials.map((value) => value / sum)
  }

  const trainee: Trainee = {
    trainableParameters: classes * width,
    embeddingWidth: width,
    tokens: (rows) => rows.reduce((sum, row) => sum + (data.tokens.lengths[row] ?? 0), 0),
    weight: (rows) => rows.length,
    accumulate(rows, share, at) {
      const targets = gatherTargets(data.targets, rows).values
      let loss = 0
      rows.forEach((row, index) => {
        const tokens = tokensOf(row).filter((_, token) => keeps(at, row, token))
        const found = probabilities(tokens)
        loss -= Math.log(found[targets[index] ?? 0] ?? 0) / rows.length
        found.forEach((probability, label) => {
          const slope = (probability - (label === targets[index] ? 1 : 0)) / rows.length
          for (const id of tokens) {
            const position = label * width + id
            gradient[position] = (gradient[position] ?? 0) + share * slope
          }
        })
      })
      return { read: () => loss, dispose: () => undefined }
    },
    apply(learningRate) {
      const norm = Math.hypot(...gradient.filter((value) => value !== 0))
      for (let at = 0; at < weights.length; at++) {
        // Rounded to what a checkpoint keeps, so that a resumed run starts from the same numbers.
        momentum[at] = Math.fround(0.9 * (momentum[at] ?? 0) + (gradient[at] ?? 0))
        weights[at] = Math.fround((weights[at] ?? 0) - learningRate * (momentum[at] ?? 0))
      }
      gradient.fill(0)
      return { read: () => norm, dispose: () => undefined }
    },
    showAverage: () => undefined,
    embeddings: () => new Float32Array(),
    logits: (rows) =>
      Float32Array.from(
        Array.from(rows).flatMap((row) => probabilities(tokensOf(row)).map(Math.log)),
      ),
    weights: () => save(weights),
    assign: (arrays) => load(weights, arrays),
    optimizerState: () => save(momentum),
    dispose: () => undefined,
  }
  return Promise.resolve({ trainee, runtime: { device: 'cpu', tensorflow: 'none' } })
}
