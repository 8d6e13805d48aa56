import type { Condition, MatchKind } from './pack'
import { matchKinds } from './pack'

/*
 * Conditions as rules.yaml writes them, for the engine that reads packs and the window that edits
 * them.
 */

/** Where something stands in a YAML text: `['when', 'any', 0, 'regex']`. */
export type FilePath = readonly (string | number)[]

/** Says what is wrong with a condition, and where. */
export type Refuse = (path: FilePath, message: string) => void

type Fields = Readonly<Record<string, unknown>>

interface Form {
  /** Fields beside the first one. */
  readonly fields: readonly string[]
  readonly read: (value: Fields, path: FilePath, refuse: Refuse) => Condition | null
}

/** What a condition may hold at most, in a file as in a request. */
export const conditionLimits = {
  /** not, all and any inside each other. */
  nested: 30,
  /** Conditions of one all or any. */
  together: 1000,
  /** Words between two terms that are near. */
  within: 1000,
} as const

/** Most words between two terms that are near, where nothing else is said. */
const usualDistance = 3

const forms: Readonly<Record<Condition['kind'], Form>> = {
  contains: {
    fields: ['match'],
    read: (value, path, refuse) => {
      const term = textOf(value, 'contains', path, refuse)
      if (term === null) return null
      const match = value['match'] ?? usualMatch(term)
      if (isMatchKind(match)) return { kind: 'contains', term, match }
      refuse([...path, 'match'], `This must be ${matchKinds.join(' or ')}.`)
      return null
    },
  },
  regex: {
    fields: [],
    read: (value, path, refuse) => {
      const pattern = textOf(value, 'regex', path, refuse)
      return pattern === null ? null : { kind: 'regex', pattern }
    },
  },
  near: {
    fields: ['within'],
    read: (value, path, refuse) => {
      const terms = Array.isArray(value['near']) ? value['near'] : []
      const [first, second] = terms.map(scalarText)
      const within = value['within'] ?? terms[2] ?? usualDistance
      if (typeof first === 'string' && typeof second === 'string' && isCount(within, 0)) {
        if (within > conditionLimits.within) {
          refuse(path, `within is ${conditionLimits.within} words at most.`)
          return null
        }
        if (terms.length === 2 || (terms.length === 3 && value['within'] === undefined)) {
          return { kind: 'near', first, second, within }
        }
      }
      refuse(path, 'This must be two terms and a number of words: near: [a, b], within: 5.')
      return null
    },
  },
  not: {
    fields: [],
    read: (value, path, refuse) => {
      const condition = readCondition(value['not'], [...path, 'not'], refuse)
      return condition === null ? null : { kind: 'not', condition }
    },
  },
  all: {
    fields: [],
    read: (value, path, refuse) => {
      const conditions = conditionsOf(value['all'], [...path, 'all'], refuse)
      return conditions === null ? null : { kind: 'all', conditions }
    },
  },
  any: {
    fields: [],
    read: (value, path, refuse) => {
      const conditions = conditionsOf(value['any'], [...path, 'any'], refuse)
      return conditions === null ? null : { kind: 'any', conditions }
    },
  },
  count: {
    fields: ['atLeast'],
    read: (value, path, refuse) => {
      const term = textOf(value, 'count', path, refuse)
      const atLeast = value['atLeast'] ?? 1
      if (!isCount(atLeast, 1)) refuse([...path, 'atLeast'], 'This must be a whole number above 0.')
      else if (term !== null) return { kind: 'count', term, atLeast }
      return null
    },
  },
  length: {
    fields: ['atLeast', 'atMost'],
    read: (value, path, refuse) => {
      const unit = value['length']
      const bounds = boundsOf(value, path, refuse)
      if (unit === 'characters' || unit === 'words') {
        return bounds === null ? null : { kind: 'length', unit, ...bounds }
      }
      refuse([...path, 'length'], 'This must be characters or words.')
      return null
    },
  },
  column: {
    fields: ['equals', 'atLeast', 'atMost'],
    read: (value, path, refuse) => {
      const column = textOf(value, 'column', path, refuse)
      const equals = value['equals'] === undefined ? null : textOf(value, 'equals', path, refuse)
      const bounds =
        equals === null || value['atLeast'] !== undefined || value['atMost'] !== undefined
          ? boundsOf(value, path, refuse)
          : { atLeast: null, atMost: null }
      if (column === null || bounds === null) return null
      return { kind: 'column', column, equals, ...bounds }
    },
  },
}

/** Whether a step of a path goes into another condition. */
const joins = (step: string | number): boolean => step === 'not' || step === 'all' || step === 'any'

/** How often conditions stand inside each other; 0: the condition is a single one. */
export function nestingOf(condition: Condition): number {
  if (condition.kind === 'not') return 1 + nestingOf(condition.condition)
  if (condition.kind !== 'all' && condition.kind !== 'any') return 0
  return 1 + Math.max(0, ...condition.conditions.map(nestingOf))
}

const isKind = (name: string): name is Condition['kind'] => Object.hasOwn(forms, name)
const isMatchKind = (value: unknown): value is MatchKind =>
  matchKinds.some((each) => each === value)
const isCount = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How a term is found where nothing else is said: several words are a phrase. */
export const usualMatch = (term: string): MatchKind => (/\s/.test(term) ? 'phrase' : 'word')

/** A condition as rules.yaml writes it; null where it is refused. */
export function readCondition(value: unknown, path: FilePath, refuse: Refuse): Condition | null {
  const known = Object.keys(forms).join(', ')
  if (!isFields(value)) {
    refuse(path, `A condition is one of ${known}, such as { contains: refund }.`)
    return null
  }
  if (path.filter(joins).length > conditionLimits.nested) {
    refuse(path, `Conditions are nested more than ${conditionLimits.nested} times.`)
    return null
  }
  const names = Object.keys(value)
  const [kind, ...others] = names.filter(isKind)
  if (kind === undefined || others.length > 0) {
    const found = kind === undefined ? `None of ${known} is` : `${kind} and ${others[0]} are both`
    refuse(path, `${found} here. A condition is exactly one; join several with all or any.`)
    return null
  }
  const form = forms[kind]
  const unknown = names.filter((name) => name !== kind && !form.fields.includes(name))
  for (const name of unknown) {
    const allowed = form.fields.length === 0 ? 'no other field' : form.fields.join(', ')
    refuse([...path, name], `There is no field of this name; beside ${kind} stands ${allowed}.`)
  }
  const condition = form.read(value, path, refuse)
  return unknown.length > 0 ? null : condition
}

function conditionsOf(value: unknown, path: FilePath, refuse: Refuse): readonly Condition[] | null {
  if (!Array.isArray(value) || value.length === 0) {
    refuse(path, 'This must be a list of conditions: [ { contains: a }, { contains: b } ].')
    return null
  }
  if (value.length > conditionLimits.together) {
    refuse(
      path,
      `These are more than ${conditionLimits.together} conditions. Use a lexicon, or several rules.`,
    )
    return null
  }
  const read = value.map((each: unknown, at) => readCondition(each, [...path, at], refuse))
  return read.every((each) => each !== null) ? read : null
}

function boundsOf(
  { atLeast = null, atMost = null }: Fields,
  path: FilePath,
  refuse: Refuse,
): { readonly atLeast: number | null; readonly atMost: number | null } | null {
  if (!isBound(atLeast)) refuse([...path, 'atLeast'], 'This must be a number.')
  else if (!isBound(atMost)) refuse([...path, 'atMost'], 'This must be a number.')
  else if (atLeast === null && atMost === null) {
    refuse(path, 'A bound is missing: write atLeast, atMost or both.')
  } else return { atLeast, atMost }
  return null
}

const isBound = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && Number.isFinite(value))

function textOf(value: Fields, name: string, path: FilePath, refuse: Refuse): string | null {
  const text = scalarText(value[name])
  if (text === null) refuse([...path, name], 'This must be a text.')
  return text
}

const scalarText = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null

/** What readCondition reads, in the shortest form. */
export function conditionToYaml(condition: Condition): Fields {
  switch (condition.kind) {
    case 'contains': {
      const { term, match } = condition
      return match === usualMatch(term) ? { contains: term } : { contains: term, match }
    }
    case 'regex':
      return { regex: condition.pattern }
    case 'near':
      return { near: [condition.first, condition.second], within: condition.within }
    case 'not':
      return { not: conditionToYaml(condition.condition) }
    case 'all':
      return { all: condition.conditions.map(conditionToYaml) }
    case 'any':
      return { any: condition.conditions.map(conditionToYaml) }
    case 'count':
      return { count: condition.term, atLeast: condition.atLeast }
    case 'length':
      return { length: condition.unit, ...boundsToYaml(condition) }
    case 'column': {
      const { column, equals } = condition
      return { column, ...(equals !== null && { equals }), ...boundsToYaml(condition) }
    }
  }
}

const boundsToYaml = (bounds: {
  readonly atLeast: number | null
  readonly atMost: number | null
}): Fields => ({
  ...(bounds.atLeast !== null && { atLeast: bounds.atLeast }),
  ...(bounds.atMost !== null && { atMost: bounds.atMost }),
})
