import { ablationArms } from '@shared/domain'
import { z } from 'zod'
import { counted } from '../../platform/counted'
import { followAblation } from './ablation-follow'
import { showResult } from './ablations'
import type { Act, Register } from './command'
import { count, nameList } from './command'
import { withLines } from './recipe-file'
import { keepTaken } from './taken'
import { collect, projectNamed, recipeOf, trainOptions } from './train'

/** Numbers of labels with commas; "all" is null. */
export const labelList = z.string().transform((text, context) => {
  const parts = text.split(',').map((part) => part.trim())
  const numbers = parts.map((part) => (part === 'all' ? null : Number(part)))
  if (numbers.every((each) => each === null || (Number.isInteger(each) && each > 1))) return numbers
  context.addIssue(`expected whole numbers above 1, or "all", with commas, not "${text}"`)
  return z.NEVER
})

const ablateOptions = trainOptions.extend({
  labels: labelList.optional(),
  arms: nameList.pipe(z.array(z.enum(ablationArms))).optional(),
  seeds: count.optional(),
  leaveOneOut: z.boolean().default(false),
  metric: z.string().optional(),
})

export const registerAblate: Register = (program, act) => {
  program
    .command('ablate')
    .argument('[recipe]', 'a recipe as YAML; without it --model, --train (or --dataset) and --pack')
    .description('prove what a knowledge pack is worth; Ctrl-C stops it so that it can be resumed')
    .option('--model <model>', 'name or id in the library, a folder, or all-MiniLM-L6-v2')
    .option('--train <file>', 'training rows: CSV, TSV or JSONL')
    .option('--validation <file>', 'validation rows; by default none: they are labels, too')
    .option('--test <file>', 'test rows; by default a share of the rows')
    .option('--dataset <dataset>', 'a dataset of the workspace instead of files')
    .option('--text <column>', 'column of the text')
    .option('--pair <column>', 'column of a second text')
    .option('--label <column>', 'column of the label')
    .option('--pack <pack>', 'a knowledge pack: name in the workspace, a folder or a zip file')
    .option('--labels <numbers>', 'numbers of labelled rows, such as 16,64,256 or all (all)')
    .option('--arms <arms>', `where knowledge takes part (${ablationArms.join(',')})`)
    .option('--seeds <number>', 'runs of each arm, each with its own draw of rows (10)')
    .option('--leave-one-out', 'also each piece of the pack left out in turn')
    .option('--metric <metric>', 'what is compared (test.accuracy)')
    .option('--epochs <number>', 'passes over the training rows (2)')
    .option('--batch <rows>', 'rows of a step (32)')
    .option('--lr <rate>', 'learning rate (5e-5)')
    .option('--max-length <tokens>', 'longest sequence; longer rows are cut (128)')
    .option('--max-steps <steps>', 'end each run after so many steps')
    .option('--set <path=value>', 'any field of the recipe; may be repeated', collect)
    .option('--project <name>', 'project of the runs ("Command line")')
    .option('--name <name>', 'name of the ablation')
    .action(ablate(act))
}

const ablate = (act: Act): ReturnType<Act> =>
  act(ablateOptions, async (session, options, [file]) => {
    const { labels, arms, seeds, leaveOneOut, metric, name } = options
    // The best way to train on both sides, unless the recipe says which.
    const recipe = { train: 'auto', ...(await recipeOf(session, file, options)) }
    const project = await projectNamed(session, options.project)
    const ablation = await followAblation(session, async (engine) => {
      const created = await engine
        .call('ablations.create', {
          project,
          recipe,
          leaveOneOut,
          ...(name !== undefined && { name }),
          ...(labels !== undefined && { labels }),
          ...(arms !== undefined && { arms }),
          ...(seeds !== undefined && { seeds }),
          ...(metric !== undefined && { metric }),
        })
        .catch(async (error: unknown) => {
          throw file === undefined ? error : await withLines(engine, file, error)
        })
      keepTaken(session)
      const { number, total } = created
      session.output.lines(`Ablation #${number} ${created.name}: ${counted(total, 'run')}`)
      return created
    })
    await showResult(session, ablation)
  })
