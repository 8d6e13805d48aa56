import { z } from 'zod'
import { describeIssue } from '../issues'
import { conditionToYaml, readCondition, type FilePath, type Refuse } from './condition-file'
import type { Rule } from './pack'

/*
 * Rules as rules.yaml writes them, for the engine that reads packs and the window that edits them.
 */

/** A text as YAML may write it: `2` and `true` are texts where a text is expected. */
export const scalarText = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const ruleSchema = z.strictObject({
  id: scalarText.pipe(z.string().trim().min(1).max(200)),
  when: z.unknown(),
  label: scalarText,
  confidence: z.number().min(0).max(1).default(1),
  hard: z.boolean().default(false),
  note: z.string().default(''),
})

/** Of a rule with a mistake. */
const partSchema = z.looseObject(ruleSchema.pick({ id: true, label: true }).shape)

/**
 * An item of rules.yaml. What is wrong goes to `refuse`; a rule with mistakes is given as far as it
 * is known, so that what it says can be checked as well. null: condition, id or label are not known.
 */
export function readRule(value: unknown, path: FilePath, refuse: Refuse): Rule | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(path, 'A rule has the fields id, when, label and confidence.')
    return null
  }
  const read = ruleSchema.safeParse(value)
  for (const problem of (read.error?.issues ?? []).flatMap(describeIssue)) {
    refuse([...path, ...problem.path.map(stepOf)], problem.message)
  }
  const condition = readCondition(
    'when' in value ? value.when : undefined,
    [...path, 'when'],
    refuse,
  )
  const known = read.data ?? partOf(value)
  return condition === null || known === null ? null : { ...known, when: condition }
}

function partOf(value: object): Omit<Rule, 'when'> | null {
  const { data } = partSchema.safeParse(value)
  if (data === undefined) return null
  return { id: data.id, label: data.label, confidence: 1, hard: false, note: '' }
}

const stepOf = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key))

/** What readRule reads, in the shortest form. */
export const ruleToFile = ({
  id,
  when,
  label,
  confidence,
  hard,
  note,
}: Rule): Readonly<Record<string, unknown>> => ({
  ...{ id, when: conditionToYaml(when), label, confidence },
  ...(hard && { hard }),
  ...(note !== '' && { note }),
})
