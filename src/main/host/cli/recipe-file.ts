import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import type { RecipeCheck } from '@shared/contract'
import { GraftError } from '@shared/errors'
import type { EngineClient } from '../../platform/engine-client'
import { describeFileError, requireContent } from '../../platform/files'
import { typedPath } from './session'
import type { RecipeDraft } from './set'

/** The text of a recipe file. Throws file.notFound, file.empty. */
export async function readRecipe(file: string): Promise<string> {
  const path = typedPath(file)
  await requireContent(path)
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw describeFileError(error, path)
  })
}

/** A recipe file as a mapping. Throws recipe.syntax with the line. */
export function parseRecipe(yaml: string, file: string): RecipeDraft {
  let value: unknown
  try {
    value = parse(yaml)
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    const message = `${file}: ${reason.replace(/:$/, '')}.`
    throw new GraftError('recipe.syntax', message, { file }, { cause })
  }
  const mapping = z.record(z.string(), z.unknown()).safeParse(value)
  if (mapping.success) return mapping.data
  throw new GraftError('recipe.syntax', `${file}: a recipe is a mapping of fields.`, { file })
}

type Problem = RecipeCheck['problems'][number]

/** recipe.invalid with the line and path of every problem. */
export function refusedRecipe(file: string, problems: readonly Problem[]): GraftError {
  const list = problems.map(({ path, message, line }) => {
    const place = [line === null ? '' : `line ${line}`, path].filter((part) => part !== '')
    return place.length === 0 ? message : `${place.join(', ')}: ${message}`
  })
  return new GraftError('recipe.invalid', `${file}: ${list.join(' ')}`, { file, problems })
}

const refusal = z.object({
  problems: z.array(
    z.object({ path: z.string(), message: z.string(), line: z.number().nullable() }),
  ),
})

/**
 * What the engine refused of a recipe file, with the lines of that file. Problems that a flag or
 * --set brought in stand on no line.
 */
export async function withLines(
  engine: EngineClient,
  file: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof GraftError) || error.code !== 'recipe.invalid') return error
  const refused = refusal.safeParse(error.details)
  if (!refused.success) return error
  const check = await engine.call('recipes.check', { yaml: await readRecipe(file) })
  const written = new Map(check.problems.map(({ path, message, line }) => [path + message, line]))
  const problems = refused.data.problems.map((problem) => ({
    ...problem,
    line: written.get(problem.path + problem.message) ?? null,
  }))
  return refusedRecipe(file, problems)
}
