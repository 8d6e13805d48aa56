import type { PackContent, PackProblem } from '@shared/domain'
import { checkFiles } from './check/files'
import { checkLexicons } from './check/lexicons'
import { checkPriors } from './check/priors'
import type { PlaceOf } from './check/report'
import { createReport } from './check/report'
import { checkRules } from './check/rules'
import { checkLabels, checkLists } from './check/lists'

/**
 * What a pack says wrong, whether it was read from files or comes from an editor: unknown labels,
 * duplicates, broken patterns, shares that do not sum to 1, cycles, unsafe file names. `placeOf`
 * gives the lines of the files, where there are files.
 */
export function checkContent(
  content: PackContent,
  placeOf: PlaceOf = () => null,
): readonly PackProblem[] {
  const { report, problems } = createReport(placeOf)
  checkFiles(content, report)
  checkLabels(content, report)
  checkLexicons(content, report)
  checkRules(content, report)
  checkPriors(content, report)
  checkLists(content, report)
  return problems
}
