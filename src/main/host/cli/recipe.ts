import { existsSync } from 'node:fs'
import { GraftError } from '@shared/errors'
import type { Register } from './command'
import { noOptions } from './command'
import { readRecipe } from './train'
import { typedPath } from './session'

export const registerRecipe: Register = (program, act) => {
  const recipe = program.command('recipe').description('recipes: what decides what a run computes')
  recipe
    .command('schema')
    .description('every field with its meaning and default, as JSON Schema')
    .action(
      act(noOptions, async (session) => {
        const schema = await (await session.engine()).call('recipes.schema', {})
        session.output.lines(JSON.stringify(schema, null, 2))
        session.output.result(schema)
      }),
    )
  recipe
    .command('show')
    .argument('<recipe>', 'a recipe file, or a run')
    .description('the whole recipe with every default filled in')
    .action(
      act(noOptions, async (session, _options, [source = '']) => {
        const engine = await session.engine()
        if (!existsSync(typedPath(source))) {
          const { run, yaml } = await engine.call('runs.get', { run: source })
          session.output.lines(yaml.trimEnd())
          session.output.result({ recipe: run.recipe, yaml })
          return
        }
        const check = await engine.call('recipes.check', { yaml: await readRecipe(source) })
        if (check.recipe === null) throw refused(source, check.problems)
        session.output.lines(check.yaml.trimEnd())
        session.output.result({ recipe: check.recipe, yaml: check.yaml })
      }),
    )
  recipe
    .command('check')
    .argument('<file>', 'a recipe as YAML')
    .description('whether a recipe is valid, and what is wrong where')
    .action(
      act(noOptions, async (session, _options, [file = '']) => {
        const engine = await session.engine()
        const check = await engine.call('recipes.check', { yaml: await readRecipe(file) })
        if (check.recipe === null || check.problems.length > 0) throw refused(file, check.problems)
        session.output.lines(`${file} is a valid recipe.`)
        session.output.result({ valid: true, recipe: check.recipe })
      }),
    )
}

interface Problem {
  readonly path: string
  readonly message: string
  readonly line: number | null
}

function refused(file: string, problems: readonly Problem[]): GraftError {
  const list = problems.map(({ path, message, line }) => {
    const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '')
    return place.length === 0 ? message : `${place.join(', ')}: ${message}`
  })
  return new GraftError('recipe.invalid', `${file}: ${list.join('; ')}`, { file, problems })
}
