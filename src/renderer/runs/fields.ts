import type { Run } from '@shared/domain'

export type FieldValue = string | number | boolean | null | readonly string[]

/** A run is never changed in place: its fields are worked out once. */
const known = new WeakMap<Run, ReadonlyMap<string, FieldValue>>()

/** The fields of a run that people filter, sort and group by, under dotted names. */
export function fieldsOf(run: Run): ReadonlyMap<string, FieldValue> {
  const before = known.get(run)
  if (before !== undefined) return before
  const fields = readFields(run)
  known.set(run, fields)
  return fields
}

function readFields(run: Run): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>([
    ['number', run.number],
    ['name', run.name],
    ['note', run.note],
    ['tags', run.tags],
    ['state', run.state.kind],
    ['model', run.modelName],
    ['dataset', run.datasetName],
    ['pack', run.packName],
    ['ablation', run.ablation],
    ['steps', run.steps],
    ['seconds', run.seconds],
    ['samplesPerSecond', run.samplesPerSecond],
    ['memory', run.peakMemoryBytes],
    ['disk', run.diskBytes],
    ['created', run.createdAt],
  ])
  flatten('recipe', run.recipe, fields)
  for (const [name, value] of Object.entries(run.metrics)) fields.set(name, value)
  return fields
}

function flatten(prefix: string, value: unknown, into: Map<string, FieldValue>): void {
  if (value === null || typeof value !== 'object') {
    if (isScalar(value)) into.set(prefix, value)
    return
  }
  for (const [key, inner] of Object.entries(value)) flatten(`${prefix}.${key}`, inner, into)
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

/**
 * Looks a field up as people write it: in full, or by its end where that is enough: `accuracy`
 * finds `test.accuracy`, else `validation.accuracy`; `recipe.optimizer` finds the optimiser's name.
 */
export function lookUp(
  fields: ReadonlyMap<string, FieldValue>,
  path: string,
): FieldValue | undefined {
  for (const candidate of [
    path,
    `test.${path}`,
    `validation.${path}`,
    `train.${path}`,
    `recipe.${path}`,
    `${path}.name`,
    `recipe.${path}.name`,
  ]) {
    const value = fields.get(candidate)
    if (value !== undefined) return value
  }
  return undefined
}
