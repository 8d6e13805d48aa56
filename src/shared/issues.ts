import type { z } from 'zod'

export type Issue = z.core.$ZodIssue

/** What is wrong with a field, in a sentence for the person who wrote it. */
export interface FieldProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What a schema found wrong: one problem, or one for each unknown field. */
export function describeIssue(issue: Issue): readonly FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: 'There is no field of this name.',
    }))
  }
  const deeper = issue.code === 'invalid_union' ? deeperIssue(issue.errors) : undefined
  if (deeper === undefined) return [{ path: issue.path, message: sentence(issue) }]
  return [{ path: [...issue.path, ...deeper.path], message: sentence(deeper) }]
}

/** Of the alternatives the one that fits as a whole and fails inside. */
const deeperIssue = (alternatives: readonly (readonly Issue[])[]): Issue | undefined =>
  alternatives.flat().find((issue) => issue.path.length > 0)

function sentence(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return 'This must not be empty.'
      return `This must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}.`
    case 'too_big':
      if (issue.origin === 'string') return `At most ${String(issue.maximum)} characters.`
      return `This must be ${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}.`
    default: {
      if (issue.message.endsWith('received undefined')) return 'This is missing.'
      const expected = expectation(issue)
      return expected === null ? issue.message : `This must be ${expected}.`
    }
  }
}

const nouns: Readonly<Partial<Record<string, string>>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  object: 'a section with fields of its own',
  array: 'a list',
}

/** What was expected, in words; null for what only the schema's own message can say. */
function expectation(issue: Issue): string | null {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String).join(' or ')
    case 'invalid_type':
      return nouns[issue.expected] ?? null
    case 'invalid_union': {
      if (issue.inclusive !== false && issue.options !== undefined)
        return issue.options.map(String).join(' or ')
      const all = issue.errors.flat().map(expectation)
      return all.length === 0 || all.includes(null) ? null : all.join(' or ')
    }
    default:
      return null
  }
}
