import { existsSync } from 'node:fs'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import type { InputOf } from '@shared/contract'
import { counted } from '../../platform/counted'
import type { Register } from './command'
import { formatSeconds } from './format'
import { runJob } from './jobs'
import { typedPath } from './session'

const options = z.object({
  run: z.string().optional(),
  model: z.string().optional(),
  input: z.string(),
  output: z.string(),
  text: z.string().optional(),
  pair: z.string().optional(),
  overwrite: z.boolean().default(false),
})

const predictionResult = z.looseObject({
  path: z.string(),
  rows: z.number(),
  badRows: z.array(z.unknown()),
  seconds: z.number(),
})

export const registerPredict: Register = (program, act) => {
  program
    .command('predict')
    .description('label, probabilities and logits for every row of a file')
    .option('--run <run>', 'the best checkpoint of a run: number, id or unique name')
    .option('--model <dir>', 'an exported folder, or a fine-tuned model of the library')
    .requiredOption('--input <file>', 'CSV, TSV or JSONL')
    .requiredOption('--output <file>', 'CSV or JSONL, by its extension')
    .option('--text <column>', 'column of the text')
    .option('--pair <column>', 'column of a second text')
    .option('--overwrite', 'replace the output file')
    .action(
      act(options, async (session, given) => {
        const { text, pair, overwrite } = given
        const predictor = predictorOf(given)
        const result = predictionResult.parse(
          await runJob(session, (engine) =>
            engine.call('predictions.file', {
              predictor,
              input: typedPath(given.input),
              output: typedPath(given.output),
              overwrite,
              ...(text !== undefined && { text }),
              ...(pair !== undefined && { pair }),
            }),
          ),
        )
        const refused = result.badRows.length
        session.output.lines(
          `${counted(result.rows, 'row')} in ${formatSeconds(result.seconds)}: ${result.path}`,
          ...(refused === 0 ? [] : [`${counted(refused, 'row')} refused.`]),
        )
        session.output.result(result)
      }),
    )
}

function predictorOf({
  run,
  model,
}: z.output<typeof options>): InputOf<'predictions.file'>['predictor'] {
  if ((run === undefined) === (model === undefined)) {
    throw new GraftError('input.invalid', 'Name what predicts: either --run ID or --model DIR.')
  }
  if (run !== undefined) return { kind: 'run', run }
  const folder = typedPath(model ?? '')
  return existsSync(folder)
    ? { kind: 'folder', path: folder }
    : { kind: 'model', model: model ?? '' }
}
