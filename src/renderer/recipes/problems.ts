import type { RecipeCheck } from '@shared/contract'

export type Problem = RecipeCheck['problems'][number]

/** Whether a problem is one of a field: named by its path, or by a path inside its value. */
export const concerns = (problem: Problem, path: string): boolean =>
  problem.path === path || problem.path.startsWith(`${path}.`)

/** The field that a problem is shown at; null for what is wrong with the text as a whole. */
export const fieldOf = <Path extends string>(
  problem: Problem,
  paths: readonly Path[],
): Path | null => paths.find((path) => concerns(problem, path)) ?? null

/** Messages by line, for the margin of the text. */
export const marksOf = (
  problems: readonly Problem[],
): readonly { readonly line: number; readonly message: string }[] =>
  problems.flatMap(({ line, message }) => (line === null ? [] : [{ line, message }]))
