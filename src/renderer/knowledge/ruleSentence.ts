import type { Condition, Rule } from '@shared/domain'
import { t } from '../i18n'
import { formatNumber } from '../ui/format'

/** A piece of a sentence; terms are what the person wrote. */
export interface SentencePart {
  readonly text: string
  readonly term: boolean
}

/** Around a term inside a message, so that it is found again once the message is put together. */
const open = '\uE000'
const close = '\uE001'
const quote = (text: string): string => `${open}${text === '' ? '…' : text}${close}`

/** A condition as a person would say it: `If the text contains refund or matches money\s+back`. */
export const conditionSentence = (condition: Condition): readonly SentencePart[] =>
  partsOf(t('rule.say.if', { condition: say(condition, false) }))

/** The whole rule: `If the text contains refund, then it is negative.` */
export const ruleSentence = ({ when, label }: Pick<Rule, 'when' | 'label'>) =>
  partsOf(t('rule.say.rule', { condition: say(when, false), label: quote(label) }))

/** A text with its terms marked. */
function partsOf(text: string): readonly SentencePart[] {
  return text
    .split(/(\uE000[^\uE001]*\uE001)/)
    .filter((part) => part !== '')
    .map((text) =>
      text.startsWith(open) ? { text: text.slice(1, -1), term: true } : { text, term: false },
    )
}

/** The same as one text. */
export const conditionText = (condition: Condition): string =>
  conditionSentence(condition)
    .map(({ text, term }) => (term ? `“${text}”` : text))
    .join('')

function say(condition: Condition, inside: boolean): string {
  switch (condition.kind) {
    case 'contains':
      return t(`rule.say.contains.${condition.match}`, { term: quote(condition.term) })
    case 'regex':
      return t('rule.say.regex', { term: quote(condition.pattern) })
    case 'near':
      return t('rule.say.near', {
        first: quote(condition.first),
        second: quote(condition.second),
        within: condition.within,
      })
    case 'count':
      return t('rule.say.count', { term: quote(condition.term), atLeast: condition.atLeast })
    case 'length':
      return sayLength(condition)
    case 'column':
      return sayColumn(condition)
    case 'not':
      return t('rule.say.not', { condition: say(condition.condition, true) })
    case 'all':
    case 'any':
      return sayGroup(condition.kind, condition.conditions, inside)
  }
}

function sayGroup(kind: 'all' | 'any', conditions: readonly Condition[], inside: boolean): string {
  const joined = conditions
    .map((each) => say(each, conditions.length > 1))
    .join(kind === 'all' ? t('rule.say.and') : t('rule.say.or'))
  return inside && conditions.length > 1 ? t('rule.say.group', { conditions: joined }) : joined
}

function sayLength({ unit, atLeast, atMost }: Extract<Condition, { kind: 'length' }>): string {
  return t(`rule.say.length.${unit}`, { range: sayRange(atLeast, atMost) })
}

function sayColumn(condition: Extract<Condition, { kind: 'column' }>): string {
  const { equals, atLeast, atMost } = condition
  const column = quote(condition.column)
  return equals === null
    ? t('rule.say.columnRange', { column, range: sayRange(atLeast, atMost) })
    : t('rule.say.columnEquals', { column, value: quote(equals) })
}

function sayRange(atLeast: number | null, atMost: number | null): string {
  if (atLeast !== null && atMost !== null) {
    return atLeast === atMost
      ? t('rule.say.exactly', { n: formatNumber(atLeast) })
      : t('rule.say.between', { low: formatNumber(atLeast), high: formatNumber(atMost) })
  }
  if (atLeast !== null) return t('rule.say.atLeast', { n: formatNumber(atLeast) })
  if (atMost !== null) return t('rule.say.atMost', { n: formatNumber(atMost) })
  return t('rule.say.any')
}
