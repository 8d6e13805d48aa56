import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Prediction, PredictionInput } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { KnowledgePredictor, LoadPredictor } from '../knowledge/predictor-types'
import { exists } from '../platform/files'

/** What an exported model has in its folder `knowledge`, besides the files of the run. */
const predictorFiles = ['predict.mjs', 'predict.d.mts', 'LICENSES.txt'] as const

/** Largest difference of a probability between the run and the exported predictor. */
const tolerance = 1e-6

/** Where the weights and the pack of a run lie that takes part in its predictions. */
export const knowledgeOf = (modelFolder: string): string => join(modelFolder, 'knowledge')

export const hasKnowledge = (modelFolder: string): Promise<boolean> =>
  exists(join(knowledgeOf(modelFolder), 'fusion.json'))

/** Folder of the built predictor, found above this program. Throws setup.missing. */
export function predictorFolder(start = import.meta.dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, 'knowledge')
    if (existsSync(join(found, 'predict.mjs'))) return found
    if (dirname(folder) === folder) {
      throw new GraftError(
        'setup.missing',
        'The predictor that is exported beside a model is missing. Run "npm run build" first.',
      )
    }
  }
}

/** Puts pack, fusion and predictor of the model in `from` into the model folder `to`. */
export async function writeKnowledge(from: string, to: string, predictor: string): Promise<void> {
  const folder = knowledgeOf(to)
  await mkdir(folder, { recursive: true })
  await cp(knowledgeOf(from), folder, { recursive: true })
  for (const name of predictorFiles) await copyFile(join(predictor, name), join(folder, name))
  await writeFile(join(folder, 'README.md'), readme)
}

/**
 * Asks the exported predictor about rows whose answers are known, with the logits of the run.
 * Returns the largest difference of a probability. Answers that mix in neighbours need the model's
 * vectors; they are compared through the model folder alone. Throws export.disagrees.
 */
export async function checkKnowledge(
  modelFolder: string,
  predictor: string,
  inputs: readonly PredictionInput[],
  expected: readonly Prediction[],
): Promise<number> {
  const folder = knowledgeOf(modelFolder)
  const { loadPredictor } = await importPredictor(join(predictor, 'predict.mjs'))
  const loaded: KnowledgePredictor = await loadPredictor(folder)
  if (loaded.neighbours) return 0
  let largest = 0
  expected.forEach(({ logits, probabilities, label }, row) => {
    const input = inputs[row]
    if (input === undefined) return
    const answer = loaded.predict({ ...input, logits })
    probabilities.forEach((probability, k) => {
      const difference = Math.abs(probability - (answer.probabilities[k] ?? Number.NaN))
      largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference)
    })
    if (answer.label !== label) largest = Infinity
  })
  if (largest <= tolerance) return largest
  throw new GraftError(
    'export.disagrees',
    `The exported predictor differs from the run by ${largest.toExponential(1)} on ${inputs.length} rows, more than ${tolerance}. Nothing was written.`,
    { largestDifference: largest, rows: inputs.length },
  )
}

/** The module is read from where it was built: copies of it would stay in memory. */
async function importPredictor(path: string): Promise<{ readonly loadPredictor: LoadPredictor }> {
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(path).href)
  if (isPredictorModule(module)) return module
  throw new GraftError('setup.missing', `${path} is damaged. Run "npm run build".`, { path })
}

const isPredictorModule = (module: unknown): module is { readonly loadPredictor: LoadPredictor } =>
  typeof module === 'object' &&
  module !== null &&
  'loadPredictor' in module &&
  typeof module.loadPredictor === 'function'

const readme = `# Knowledge at prediction

What the knowledge pack of this model does to its answers: the pack itself (\`pack/\`), the fitted
weights (\`fusion.json\`), where used the labelled neighbours (\`neighbours.safetensors\`,
\`neighbours.jsonl\`), and \`predict.mjs\`, which applies them. It needs Node 20 or newer and nothing
else.

\`\`\`js
import { loadPredictor } from './knowledge/predict.mjs'

const predictor = await loadPredictor('./knowledge')
const answer = predictor.predict({
  text: 'A text of your own.',
  logits: [-0.3, 0.4], // of the model, in the order of predictor.labels
})
console.log(answer.label, answer.probabilities, answer.provenance.steps)
\`\`\`

\`columns\` passes side columns to rules that look at them, \`pair\` the second text of a pair. Where
\`predictor.neighbours\` is true, \`embedding\` is the model's pooled vector of the text.

The steps are applied in this order; each says the probabilities after it:

1. the model: softmax of the logits (multi-label: sigmoid)
2. lexicons, then rules: logits + Σ λ · score, one weight λ a piece
3. neighbours: (1 − w) p + w Σ share of neighbour
4. prior shift: p · (target / source)^exponent
5. calibration: softmax(log p / temperature + bias)
6. hard rules, then labels that imply or exclude each other

A score is 1 for the label of a rule that fires. A lexicon of valences with the sum v scores
tanh(v / 4) for the class above and −tanh(v / 4) for the one below; one of labels tanh(Σ weights / 4).
`
