import { z } from 'zod'
import type { Series } from '@shared/domain'
import type { Register } from './command'
import { nameList } from './command'

/** The most points of a series that one answer of the engine holds. */
const mostPoints = 200_000

const curveOptions = z.object({ series: nameList.optional() })

const columns = ['series', 'step', 'epoch', 'samples', 'seconds', 'value'] as const

/** `runs curves`: every recorded point as CSV, for a notebook or a spreadsheet. */
export const registerCurves: Register = (runs, act) => {
  runs
    .command('curves')
    .argument('<run>', 'number, id or unique name')
    .option('--series <names>', 'only these, with commas: train.loss,validation.loss')
    .description('every recorded point as CSV: loss, learning rate, evaluations, speed, memory')
    .action(
      act(curveOptions, async (session, options, [run = '']) => {
        const engine = await session.engine()
        const names = options.series ?? (await engine.call('runs.get', { run })).seriesNames
        const series = await engine.call('runs.series', {
          run,
          names: [...names],
          points: mostPoints,
        })
        session.output.lines(columns.join(','), ...series.flatMap(csvLines))
        session.output.result({ series })
      }),
    )
}

/** A series as lines of CSV; names of series hold neither commas nor quotes. */
export const csvLines = ({ name, step, epoch, samples, seconds, value }: Series): string[] =>
  step.map((at, i) => [name, at, epoch[i], samples[i], seconds[i], value[i]].join(','))
