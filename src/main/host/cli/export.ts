import { z } from 'zod'
import type { Register } from './command'
import { formatBytes } from './format'
import { runJob } from './jobs'
import { typedPath } from './session'

const options = z.object({
  run: z.string(),
  format: z.enum(['hf'], 'expected hf').default('hf'),
  output: z.string(),
  overwrite: z.boolean().default(false),
})

const artifactResult = z.looseObject({
  path: z.string(),
  bytes: z.number(),
  largestDifference: z.number(),
  rowsChecked: z.number(),
  notes: z.array(z.string()),
})

export const registerExport: Register = (program, act) => {
  program
    .command('export')
    .description('write the model of a run for use elsewhere; it is loaded again and checked')
    .requiredOption('--run <run>', 'number, id or unique name')
    .option('--format <format>', 'hf: a Hugging Face folder')
    .requiredOption('--output <dir>', 'folder to make')
    .option('--overwrite', 'replace the folder')
    .action(
      act(options, async (session, given) => {
        const { run, format, overwrite } = given
        const output = typedPath(given.output)
        const artifact = artifactResult.parse(
          await runJob(session, (engine) =>
            engine.call('exports.create', { run, format, output, overwrite }),
          ),
        )
        const { path, bytes, rowsChecked, largestDifference, notes } = artifact
        session.output.lines(
          `Exported ${formatBytes(bytes)}: ${path}`,
          `Checked on ${rowsChecked} rows: logits differ by at most ${largestDifference.toExponential(1)}`,
          ...notes,
        )
        session.output.result(artifact)
      }),
    )
}
