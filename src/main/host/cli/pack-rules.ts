import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { KnowledgePack, Mining, Rule } from '@shared/domain'
import { miningSchema } from '@shared/domain/pack-schema'
import { GraftError } from '@shared/errors'
import { counted } from '../../platform/counted'
import { parseRules, rulesToYaml, withRules } from '../../engine/pack-rules'
import { writeFileAtomic } from '../../platform/atomic'
import { describeFileError, requireContent } from '../../platform/files'
import type { Register } from './command'
import { count, nameList, positive, wholeNumber } from './command'
import { runJob } from './jobs'
import { minedTable } from './pack-text'
import type { Session } from './session'
import { typedPath } from './session'

const mineOptions = z.object({
  dataset: z.string(),
  pack: z.string().optional(),
  into: z.string().optional(),
  accept: z.string().optional(),
  only: nameList.optional(),
  overwrite: z.boolean().default(false),
  precision: positive.optional(),
  minimumRows: count.optional(),
  trainRows: count.optional(),
  limit: count.optional(),
  seed: wholeNumber.optional(),
})

const saveOptions = z.object({ rules: z.string(), name: z.string().optional() })

export const registerPackRules: Register = (packs, act) => {
  packs
    .command('mine')
    .requiredOption('--dataset <dataset>', 'labelled rows to learn from; test rows are never read')
    .option('--pack <pack>', 'what this pack says already is not offered again')
    .option('--only <ids>', 'only these rules, with commas')
    .option('--accept <file>', 'write the rules to a file of the form of rules.yaml, to edit')
    .option('--overwrite', 'replace that file')
    .option('--into <pack>', 'add the rules to a pack, as a new version')
    .option('--precision <share>', 'least share of rows in which a rule is right (0.8)')
    .option('--minimum-rows <rows>', 'least rows in which a rule speaks (3)')
    .option('--train-rows <rows>', 'learn from so many training rows, as a recipe would')
    .option('--limit <rules>', 'most rules (50)')
    .option('--seed <number>', 'seed of the split (0)')
    .description('rules that labelled rows suggest')
    .action(
      act(mineOptions, async (session, options) => {
        const { accept, into, overwrite } = options
        if (accept !== undefined) requireFree(accept, overwrite)
        const { rules: mined, clear } = await mine(session, options)
        session.output.lines(
          ...(mined.length === 0 ? ['The rows suggest no rule.'] : minedTable(mined)),
          ...(clear ? [] : ['None of them stands out from chance (z < 2).']),
        )
        const rules = mined.map(({ rule }) => rule)
        if (accept !== undefined) {
          await writeFileAtomic(typedPath(accept), rulesToYaml(rules))
          session.output.lines(`Wrote ${rules.length} rules to ${accept}.`)
        }
        const pack = into === undefined ? null : await addRules(session, into, rules)
        session.output.result({ rules: mined, clear, file: accept ?? null, pack })
      }),
    )
  packs
    .command('save')
    .argument('<pack>', 'name, name@version or id')
    .requiredOption(
      '--rules <file>',
      'rules of the form of rules.yaml; those of a known id replace',
    )
    .option('--name <name>', 'keep it under another name')
    .description('add rules to a pack, as a new version')
    .action(
      act(saveOptions, async (session, { rules: file, name }, [pack = '']) => {
        const rules = parseRules(await textOf(file), file)
        session.output.result({ pack: await addRules(session, pack, rules, name) })
      }),
    )
}

async function mine(session: Session, options: z.output<typeof mineOptions>): Promise<Mining> {
  const { dataset, into, only, precision, minimumRows, trainRows, limit, seed } = options
  const pack = options.pack ?? into
  const asked = {
    dataset,
    ...(pack !== undefined && { pack }),
    ...(precision !== undefined && { precision }),
    ...(minimumRows !== undefined && { minimumRows }),
    ...(trainRows !== undefined && { trainRows }),
    ...(limit !== undefined && { limit }),
    ...(seed !== undefined && { seed }),
  }
  const mined = miningSchema.parse(
    await runJob(session, (engine) => engine.call('packs.mine', asked)),
  )
  if (only === undefined) return mined
  const unknown = only.find((id) => !mined.rules.some(({ rule }) => rule.id === id))
  if (unknown === undefined) {
    return { ...mined, rules: mined.rules.filter(({ rule }) => only.includes(rule.id)) }
  }
  throw new GraftError('notFound', `--only: the rows suggest no rule "${unknown}".`, {
    reference: unknown,
  })
}

async function addRules(
  session: Session,
  reference: string,
  rules: readonly Rule[],
  name?: string,
): Promise<KnowledgePack> {
  const engine = await session.engine()
  const { pack: base, content } = await engine.call('packs.get', { pack: reference })
  const changed = withRules(name === undefined ? content : { ...content, name }, rules)
  const pack = await engine.call('packs.save', { content: changed, base: base.id })
  session.output.lines(
    `Kept ${pack.name}@${pack.version} with ${counted(pack.counts.rules, 'rule')}.`,
  )
  return pack
}

function requireFree(file: string, overwrite: boolean): void {
  const path = typedPath(file)
  if (overwrite || !existsSync(path)) return
  throw new GraftError('file.exists', `${path} exists already. Choose another, or --overwrite.`, {
    path,
  })
}

async function textOf(file: string): Promise<string> {
  const path = typedPath(file)
  await requireContent(path)
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw describeFileError(error, path)
  })
}
