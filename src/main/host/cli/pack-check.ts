import type { PackReport } from '@shared/domain'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { counted } from '../../platform/counted'
import type { Register } from './command'
import { nameList } from './command'
import { addDataset, columnOptions, dataFiles, rolesOf } from './datasets'
import { findPack } from './pack-source'
import { problemLine, reportLines } from './pack-text'
import type { Session } from './session'

/** `good=positive,bad=negative`: labels of the pack and what the dataset calls them. */
const labelMap = nameList.transform((pairs, context) => {
  const entries = pairs.map((pair) => pair.split('=').map((part) => part.trim()))
  const map: Record<string, string> = {}
  for (const [from, to, ...more] of entries) {
    if (!from || !to || more.length > 0) {
      context.addIssue('expected pairs such as good=positive,bad=negative')
      return z.NEVER
    }
    map[from] = to
  }
  return map
})

const options = z.object({
  dataset: z.string().optional(),
  train: z.string().optional(),
  test: z.string().optional(),
  map: labelMap.optional(),
  ...columnOptions,
})

export const registerPackCheck: Register = (packs, act) => {
  packs
    .command('check')
    .argument('<pack>', 'a pack of the workspace, a folder or a zip file')
    .option('--dataset <dataset>', 'judge its pieces on the rows of a dataset')
    .option('--train <file>', 'judge its pieces on the rows of a file: CSV, TSV or JSONL')
    .option('--test <file>', 'test rows, which the pack must not hold')
    .option('--text <column>', 'column of the text')
    .option('--pair <column>', 'column of a second text')
    .option('--label <column>', 'column of the label')
    .option('--cut <points>', 'cut points that make classes of a numeric label')
    .option('--cut-names <names>', 'names of the classes between the cut points')
    .option(
      '--map <pairs>',
      "labels of the pack and the dataset's, where they differ: good=positive",
    )
    .description('what is wrong with a pack, and what its pieces are worth; imports no pack')
    .action(
      act(options, async (session, given, [source = '']) => {
        const pack = await findPack(session, source)
        const dataset = await datasetOf(session, given)
        const engine = await session.engine()
        const report = await engine.call('packs.check', {
          ...pack,
          ...(dataset !== null && { dataset }),
          ...(given.map !== undefined && { labels: given.map }),
        })
        const { problems } = report
        const errors = problems.filter(({ severity }) => severity === 'error').length
        session.output.lines(
          ...problems.map(problemLine),
          ...(problems.length === 0 ? [orderLine(source, report)] : []),
          ...(dataset === null || errors > 0 ? [] : reportLines(report)),
        )
        if (errors === 0) {
          session.output.result(report)
          return
        }
        throw new GraftError(
          'pack.invalid',
          `${source} has ${counted(errors, 'error')} and cannot be used.`,
          { ...report },
        )
      }),
    )
}

/** The dataset that is named, or made of the files that are; null: neither. */
async function datasetOf(
  session: Session,
  given: z.output<typeof options>,
): Promise<string | null> {
  const { dataset, train, test } = given
  if (train === undefined && test !== undefined) {
    throw new GraftError('input.invalid', '--test needs --train.')
  }
  if (train === undefined) return dataset ?? null
  if (dataset !== undefined) {
    throw new GraftError('input.invalid', 'Name either --dataset or --train.')
  }
  return (await addDataset(session, { files: dataFiles(train, test), roles: rolesOf(given) })).id
}

/** A pack in order may still speak of none of the labels that are asked about. */
const orderLine = (
  source: string,
  { unmappedLabels, unreachedLabels, rows }: PackReport,
): string =>
  rows > 0 && unmappedLabels.length > 0 && unreachedLabels.length > 0
    ? `${source} is in order, but the dataset does not know its ${unmappedLabels.join(', ')}: say with --map which label is which.`
    : `${source} is in order.`
