import { compilePattern } from '../pattern'

/** What linear-time matching cannot do, as people write it. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'Look-ahead and look-behind'],
  [/\\[1-9]|\\k</, 'Back-references'],
  [/\(\?>|[*+?}]\+/, 'Possessive and atomic groups'],
]

/** Why a pattern cannot be used; null where it can. */
export function patternFault(source: string): string | null {
  try {
    compilePattern(source, { caseSensitive: false })
    return null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const what = unsupported.find(([written]) => written.test(source))?.[1]
    return what === undefined
      ? `The pattern cannot be used: ${error.message}`
      : `${what} cannot be used, so that no pattern takes forever. Write two conditions and join them with all, any and not.`
  }
}
