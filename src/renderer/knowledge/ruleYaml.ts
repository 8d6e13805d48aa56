import type { Rule } from '@shared/domain'
import { isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { RuleFileError, ruleFromFile, ruleToFile } from './ruleFile'

/** One rule as it stands in rules.yaml, without the dash. */
export const ruleYaml = (rule: Rule): string =>
  stringify(ruleToFile(rule), { lineWidth: 90, flowCollectionPadding: true })

export type RuleReading =
  | { readonly kind: 'rule'; readonly rule: Rule }
  /** Line from 1. */
  | { readonly kind: 'problem'; readonly line: number; readonly message: string }

/** The rule that a text says, or the first thing that is wrong with it. */
export function readRuleYaml(text: string): RuleReading {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, uniqueKeys: true })
  const [broken] = document.errors
  if (broken !== undefined) {
    const [message = broken.message] = broken.message.split('\n')
    return { kind: 'problem', line: lineCounter.linePos(broken.pos[0]).line, message }
  }
  try {
    return { kind: 'rule', rule: ruleFromFile(document.toJS({ maxAliasCount: 100 })) }
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error
    const lengths = error.path.map((_, index) => error.path.length - index)
    const node = lengths
      .map((length) => document.getIn(error.path.slice(0, length), true))
      .find((each) => isNode(each) && each.range !== null && each.range !== undefined)
    const range = isNode(node) ? node.range : null
    return {
      kind: 'problem',
      line: range ? lineCounter.linePos(range[0]).line : 1,
      message: error.message,
    }
  }
}
