import { z } from 'zod'
import { counted } from '../../platform/counted'
import type { Register } from './command'
import { noOptions, positive } from './command'
import { describeRun, followRun } from './follow'
import { formatBytes, formatTime } from './format'
import { summary } from './train'

const extendOptions = z.object({ epochs: positive })

/** Commands that change a run, and its log. */
export const registerControl: Register = (runs, act) => {
  for (const [name, procedure, done] of [
    [
      ...(['pause', 'runs.pause'] as const),
      'will pause at its next step; ways that it still tries are tried again when it is resumed',
    ],
    ['stop', 'runs.stop', 'will stop and be tested as it is'],
  ] as const) {
    runs
      .command(name)
      .argument('<run>', 'a run of a window, a server or another terminal')
      .description(`${name} a run that trains`)
      .action(
        act(noOptions, async (session, _options, [reference = '']) => {
          const run = await (await session.engine()).call(procedure, { run: reference })
          session.output.lines(`Run #${run.number} ${done}.`)
          session.output.result(describeRun(run))
        }),
      )
  }
  runs
    .command('resume')
    .argument('<run>', 'a paused or interrupted run')
    .description('continue a run from its last checkpoint and follow it')
    .action(
      act(noOptions, async (session, _options, [reference = '']) => {
        const run = await followRun(session, (engine) =>
          engine.call('runs.resume', { run: reference }),
        )
        session.output.lines(...summary(run))
        session.output.result(describeRun(run))
      }),
    )
  runs
    .command('extend')
    .argument('<run>', 'a run that has ended')
    .requiredOption('--epochs <number>', 'epochs to add')
    .description('train a run for more epochs from its last checkpoint and follow it')
    .action(
      act(extendOptions, async (session, { epochs }, [reference = '']) => {
        const run = await followRun(session, (engine) =>
          engine.call('runs.extend', { run: reference, epochs }),
        )
        session.output.lines(...summary(run))
        session.output.result(describeRun(run))
      }),
    )
  runs
    .command('delete')
    .argument('<runs...>', 'runs that have ended')
    .description('delete runs with their checkpoints and curves')
    .action(
      act(noOptions, async (session, _options, references) => {
        const { bytes } = await (
          await session.engine()
        ).call('runs.delete', { runs: [...references] })
        session.output.lines(
          `Deleted ${counted(references.length, 'run')}; ${formatBytes(bytes)} came back.`,
        )
        session.output.result({ deleted: references.length, bytes })
      }),
    )
  runs
    .command('log')
    .argument('<run>', 'number, id or unique name')
    .description('what a run said')
    .action(
      act(noOptions, async (session, _options, [run = '']) => {
        const log = await (await session.engine()).call('runs.log', { run, limit: 10_000 })
        session.output.lines(
          ...log.map(({ time, level, message }) => `${formatTime(time)}  ${level}  ${message}`),
        )
        session.output.result({ log })
      }),
    )
}
