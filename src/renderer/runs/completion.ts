import type { Run } from '@shared/domain'
import { fieldsOf, lookUp } from './fields'

export interface Completion {
  readonly text: string
  /** Range of the filter text that the completion replaces. */
  readonly from: number
  readonly to: number
}

/** What could be written at `caret`: fields, comparisons or the values that the runs have. */
export function complete(
  filterText: string,
  caret: number,
  runs: readonly Run[],
): readonly Completion[] {
  const before = filterText.slice(0, caret)
  const value = /([^\s()=<>!~"']+)\s*(?:!=|>=|<=|[=<>~])\s*"?([^\s()"]*)$/.exec(before)
  if (value?.[1] !== undefined && value[2] !== undefined)
    return replaceEnd(valuesOf(runs, value[1]), value[2], caret)
  const joint = /(?:[=<>~]\s*(?:"[^"]*"|[^\s()"]+)|\))\s+([a-z]*)$/i.exec(before)?.[1]
  if (joint !== undefined) return replaceEnd(['and', 'or'], joint, caret)
  const word = /([^\s()=<>!~"']*)$/.exec(before)?.[1] ?? ''
  return replaceEnd(fieldNames(runs), word, caret)
}

function replaceEnd(candidates: readonly string[], typed: string, caret: number): Completion[] {
  const start = typed.toLowerCase()
  return candidates
    .filter((candidate) => candidate.toLowerCase().includes(start) && candidate !== typed)
    .sort(
      (a, b) =>
        Number(b.toLowerCase().startsWith(start)) - Number(a.toLowerCase().startsWith(start)),
    )
    .slice(0, 12)
    .map((candidate) => ({ text: candidate, from: caret - typed.length, to: caret }))
}

function fieldNames(runs: readonly Run[]): string[] {
  const names = new Set<string>()
  for (const run of runs.slice(0, 200)) for (const name of fieldsOf(run).keys()) names.add(name)
  return [...names].sort()
}

function valuesOf(runs: readonly Run[], path: string): string[] {
  const values = new Set<string>()
  for (const run of runs.slice(0, 1000)) {
    const value = lookUp(fieldsOf(run), path)
    if (value === undefined || typeof value === 'number') continue
    for (const item of Array.isArray(value) ? value : [value]) {
      const written = String(item)
      values.add(/^[^\s()=<>!~"']+$/.test(written) ? written : JSON.stringify(written))
    }
  }
  return [...values].sort()
}
