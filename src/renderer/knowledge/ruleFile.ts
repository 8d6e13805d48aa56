import type { Rule } from '@shared/domain'
import { conditionToYaml, readCondition, type FilePath } from '@shared/domain/condition-file'

/** What is wrong with a rule's text, with the place in it, such as `['when', 'any', 0, 'regex']`. */
export class RuleFileError extends Error {
  readonly path: FilePath

  constructor(path: FilePath, message: string) {
    super(message)
    this.path = path
  }
}

type Fields = Readonly<Record<string, unknown>>

/** A rule as an item of rules.yaml. */
export function ruleToFile({ id, when, label, confidence, hard, note }: Rule): Fields {
  return {
    id,
    when: conditionToYaml(when),
    label,
    confidence,
    ...(hard && { hard }),
    ...(note !== '' && { note }),
  }
}

const fields = ['id', 'when', 'label', 'confidence', 'hard', 'note']

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws RuleFileError with the place of the first thing that is wrong. */
export function ruleFromFile(value: unknown): Rule {
  if (!isFields(value)) {
    throw new RuleFileError([], 'A rule has the fields id, when, label and confidence.')
  }
  const unknown = Object.keys(value).find((name) => !fields.includes(name))
  if (unknown !== undefined) {
    throw new RuleFileError(
      [unknown],
      `There is no field of this name; a rule has ${fields.join(', ')}.`,
    )
  }
  const { confidence = 1, hard = false } = value
  const id = textOf(value, 'id')
  const when = readCondition(value['when'], ['when'], (path, message) => {
    throw new RuleFileError(path, message)
  })
  if (when === null) throw new RuleFileError(['when'], 'This is no condition.')
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
    throw new RuleFileError(['confidence'], 'This must be a number from 0 to 1.')
  }
  if (typeof hard !== 'boolean') throw new RuleFileError(['hard'], 'This must be true or false.')
  const note = value['note'] === undefined ? '' : textOf(value, 'note')
  return { id, when, label: textOf(value, 'label'), confidence, hard, note }
}

function textOf(value: Fields, name: string): string {
  const text = value[name]
  if (typeof text === 'number' || (typeof text === 'string' && text !== '')) return String(text)
  throw new RuleFileError([name], `"${name}" must be a text.`)
}
