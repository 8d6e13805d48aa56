import type { RecipeCheck } from '@shared/contract'
import type { Issue } from '@shared/issues'
import { describeIssue } from '@shared/issues'

type Problem = RecipeCheck['problems'][number]

/** What a schema found wrong, as sentences for the person who wrote it; lines are added later. */
export const problemsOf = (issue: Issue): readonly Problem[] =>
  describeIssue(issue).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
    line: null,
  }))
