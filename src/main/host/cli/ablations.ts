import type { Ablation } from '@shared/domain'
import { fromErrorPayload } from '@shared/errors'
import { z } from 'zod'
import { counted } from '../../platform/counted'
import { followAblation } from './ablation-follow'
import { describeAblation } from './ablation-tables'
import type { Register } from './command'
import { count, noOptions } from './command'
import { formatBytes, formatTime, shorten } from './format'
import type { Session } from './session'
import { formatTable } from './table'

const listOptions = z.object({ project: z.string().optional() })
const extendOptions = z.object({ seeds: count })
const name = 'number, id or unique name'

export const registerAblations: Register = (program, act) => {
  const ablations = program
    .command('ablations')
    .description('what knowledge was worth: the ablations and their results')
  ablations
    .command('list', { isDefault: true })
    .option('--project <project>', 'only the ablations of a project')
    .description('all ablations')
    .action(
      act(listOptions, async (session, { project }) => {
        const engine = await session.engine()
        const list = await engine.call('ablations.list', project === undefined ? {} : { project })
        if (list.length === 0) session.output.lines('No ablations yet: graftbench ablate')
        else session.output.lines(...ablationTable(list))
        session.output.result({ ablations: list })
      }),
    )
  ablations
    .command('show')
    .argument('<ablation>', name)
    .description('means, tests and label efficiency, as far as it has come')
    .action(
      act(noOptions, async (session, _options, [ablation = '']) => {
        const detail = await (await session.engine()).call('ablations.get', { ablation })
        session.output.lines(...describeAblation(detail))
        session.output.result({ ...detail.ablation, cells: detail.cells, ...detail.result })
      }),
    )
  ablations
    .command('stop')
    .argument('<ablation>', 'an ablation of a window, a server or another terminal')
    .description('take its waiting runs out of the queue and pause the one that goes')
    .action(
      act(noOptions, async (session, _options, [reference = '']) => {
        const engine = await session.engine()
        const ablation = await engine.call('ablations.stop', { ablation: reference })
        session.output.lines(`Ablation #${ablation.number} stops.`)
        session.output.result({ ...ablation })
      }),
    )
  ablations
    .command('resume')
    .argument('<ablation>', name)
    .description('go on with the runs that are missing, and follow it')
    .action(
      act(noOptions, async (session, _options, [ablation = '']) => {
        const ended = await followAblation(session, (engine) =>
          engine.call('ablations.resume', { ablation }),
        )
        await showResult(session, ended)
      }),
    )
  ablations
    .command('extend')
    .argument('<ablation>', name)
    .requiredOption('--seeds <number>', 'seeds in all, more than it has')
    .description(
      'add further seeds (settle how many before you look at p), go on with what waits, follow it',
    )
    .action(
      act(extendOptions, async (session, { seeds }, [ablation = '']) => {
        const ended = await followAblation(session, async (engine) => {
          // What is wrong is for the extension to say, in the engine's order.
          const before = await engine.call('ablations.get', { ablation }).catch(() => null)
          const after = await engine.call('ablations.extend', { ablation, seeds })
          if (before !== null) session.output.lines(furtherRuns(before.ablation, after))
          return after
        })
        await showResult(session, ended)
      }),
    )
  ablations
    .command('delete')
    .argument('<ablation>', name)
    .description('delete an ablation with all its runs')
    .action(
      act(noOptions, async (session, _options, [ablation = '']) => {
        const { bytes } = await (await session.engine()).call('ablations.delete', { ablation })
        session.output.lines(`Deleted ${ablation}; ${formatBytes(bytes)} came back.`)
        session.output.result({ deleted: ablation, bytes })
      }),
    )
}

/** What further seeds add to an ablation. */
export const furtherRuns = (before: Ablation, { number, seeds, total }: Ablation): string =>
  `Ablation #${number} gets ${counted(total - before.total, 'run')} more: ${counted(seeds, 'seed')} instead of ${before.seeds}.`

/** What an ablation came to, in both forms. Throws the error of a run where none has finished. */
export async function showResult(session: Session, { id, number }: Ablation): Promise<void> {
  const engine = await session.engine()
  const detail = await engine.call('ablations.get', { ablation: id })
  const [first] = detail.cells
  if (first !== undefined && detail.cells.every(({ value }) => value === null)) {
    const { run } = await engine.call('runs.get', { run: first.run })
    if (run.state.kind === 'failed' || run.state.kind === 'interrupted') {
      throw fromErrorPayload(run.state.error)
    }
  }
  session.output.lines(...describeAblation(detail))
  session.output.result({ id, number, ...detail.result })
}

const ablationTable = (ablations: readonly Ablation[]): readonly string[] =>
  formatTable(
    [
      { title: '#', align: 'right', of: ({ number }) => String(number) },
      { title: 'Name', of: (ablation) => shorten(ablation.name, 40) },
      { title: 'State', of: ({ state }) => state },
      { title: 'Runs', align: 'right', of: ({ done, total }) => `${done}/${total}` },
      { title: 'Pack', of: ({ packName }) => shorten(packName, 24) },
      { title: 'Data', of: ({ datasetName }) => shorten(datasetName, 24) },
      { title: 'Labels', of: ({ labels }) => labels.map((each) => each ?? 'all').join(', ') },
      { title: 'Seeds', align: 'right', of: ({ seeds }) => String(seeds) },
      { title: 'Created', of: ({ createdAt }) => formatTime(createdAt) },
    ],
    ablations,
  )
