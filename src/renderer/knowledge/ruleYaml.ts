import type { Rule } from '@shared/domain'
import { readRule, ruleToFile } from '@shared/domain/rule-file'
import { parseYaml } from '@shared/yaml'
import { stringify } from 'yaml'

/** One rule as it stands in rules.yaml, without the dash. */
export const ruleYaml = (rule: Rule): string =>
  stringify(ruleToFile(rule), { lineWidth: 90, flowCollectionPadding: true })

export type RuleReading =
  | { readonly kind: 'rule'; readonly rule: Rule }
  /** Line from 1. */
  | { readonly kind: 'problem'; readonly line: number; readonly message: string }

/** The rule that a text says, or the first thing that is wrong with it. */
export function readRuleYaml(text: string): RuleReading {
  const { value, errors, lineOf } = parseYaml(text)
  const [broken] = errors
  if (broken !== undefined) return { kind: 'problem', ...broken }
  const problems: RuleReading[] = []
  const rule = readRule(value, [], (path, message) => {
    problems.push({ kind: 'problem', line: lineOf(path) ?? 1, message })
  })
  const [first] = problems
  if (first !== undefined) return first
  return rule === null
    ? { kind: 'problem', line: 1, message: 'This is no rule.' }
    : { kind: 'rule', rule }
}
