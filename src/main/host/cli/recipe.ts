import { existsSync } from 'node:fs'
import { stringify } from 'yaml'
import type { Recipe } from '@shared/domain'
import type { EngineClient } from '../../platform/engine-client'
import type { Register } from './command'
import { noOptions } from './command'
import { parseRecipe, readRecipe, refusedRecipe } from './recipe-file'
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
        const recipe = await checkFile(engine, source)
        const yaml = stringify(recipe, { lineWidth: 100 })
        session.output.lines(yaml.trimEnd())
        session.output.result({ recipe, yaml })
      }),
    )
  recipe
    .command('check')
    .argument('<file>', 'a recipe as YAML')
    .description('whether a recipe is valid, and what is wrong where')
    .action(
      act(noOptions, async (session, _options, [file = '']) => {
        const recipe = await checkFile(await session.engine(), file)
        session.output.lines(`${file} is a valid recipe.`)
        session.output.result({ valid: true, recipe })
      }),
    )
}

/** A recipe file with every default filled in. Throws recipe.syntax, recipe.invalid. */
async function checkFile(engine: EngineClient, file: string): Promise<Recipe> {
  const yaml = await readRecipe(file)
  parseRecipe(yaml, file)
  const { recipe, problems } = await engine.call('recipes.check', { yaml })
  if (recipe === null || problems.length > 0) throw refusedRecipe(file, problems)
  return recipe
}
