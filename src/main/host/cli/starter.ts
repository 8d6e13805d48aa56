import { z } from 'zod'
import { GraftError } from '@shared/errors'
import type { Register } from './command'
import { nameList } from './command'
import { formatCount, formatSeconds } from './format'
import { runJob } from './jobs'

const setNames = ['film', 'amazon', 'tweets'] as const
const options = z.object({ data: nameList.optional() })

/** The fields of StarterSummary that are told here; the whole object is the result. */
const starterResult = z.looseObject({
  project: z.looseObject({ name: z.string() }),
  model: z.looseObject({ name: z.string(), parameters: z.number() }),
  datasets: z.array(z.looseObject({ name: z.string(), rows: z.number() })),
  pack: z.looseObject({
    name: z.string(),
    version: z.number(),
    counts: z.looseObject({ terms: z.number() }),
  }),
  estimate: z.looseObject({ totalSteps: z.number(), seconds: z.number() }),
})

export const registerStarter: Register = (program, act) => {
  program
    .command('starter')
    .description(
      'set up the starter project: model all-MiniLM-L6-v2, data film, amazon, tweets, pack valence',
    )
    .option('--data <sets>', 'only these, with commas: film,amazon,tweets')
    .action(
      act(options, async (session, { data }) => {
        const datasets = data === undefined ? undefined : z.array(z.enum(setNames)).safeParse(data)
        if (datasets?.success === false) {
          throw new GraftError('input.invalid', `--data: expected some of ${setNames.join(', ')}.`)
        }
        const result = starterResult.parse(
          await runJob(session, (engine) =>
            engine.call(
              'starter.create',
              datasets === undefined ? {} : { datasets: datasets.data },
            ),
          ),
        )
        session.output.lines(...describe(result))
        session.output.result(result)
      }),
    )
}

function describe(starter: z.output<typeof starterResult>): readonly string[] {
  const { project, model, datasets, pack, estimate } = starter
  const [first] = datasets
  return [
    `Project ${project.name}`,
    `Model   ${model.name}, ${formatCount(model.parameters)} parameters`,
    ...datasets.map(({ name, rows }) => `Data    ${name}, ${formatCount(rows)} rows`),
    `Pack    ${pack.name}@${pack.version}, ${formatCount(pack.counts.terms)} terms`,
    `A first run takes ${formatCount(estimate.totalSteps)} steps, about ${formatSeconds(estimate.seconds)}:`,
    `  graftbench train --project "${project.name}" --model ${model.name} --dataset ${first?.name ?? 'NAME'}`,
  ]
}
