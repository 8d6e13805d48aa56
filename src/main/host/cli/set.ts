import { parse } from 'yaml'
import { z } from 'zod'
import { recipeSchema } from '@shared/domain'
import { GraftError } from '@shared/errors'

/** A recipe as it is being written: checked in full by the engine. */
export type RecipeDraft = Readonly<Record<string, unknown>>

/**
 * Puts `path=value` into a recipe: `optimizer.learningRate=1e-4`, `train.lastLayers=2`. The value
 * is read as YAML. Throws input.invalid for a path that no recipe has, naming those there are.
 */
export function setInRecipe(recipe: RecipeDraft, assignment: string): RecipeDraft {
  const at = assignment.indexOf('=')
  if (at <= 0) {
    throw new GraftError('input.invalid', `--set ${assignment}: expected path=value.`)
  }
  const path = assignment.slice(0, at).trim().split('.')
  requirePath(path)
  return put(recipe, path, valueOf(assignment.slice(at + 1), assignment))
}

function valueOf(text: string, assignment: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    const message = `--set ${assignment}: the value is not valid YAML.`
    throw new GraftError('input.invalid', message, undefined, { cause })
  }
}

function put(target: unknown, path: readonly string[], value: unknown): RecipeDraft {
  const [name = '', ...rest] = path
  const base = isRecord(target) ? target : {}
  return { ...base, [name]: rest.length === 0 ? value : put(base[name], rest, value) }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The part of JSON Schema that the recipe's schema uses for objects. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly anyOf?: readonly Node[]
}

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), nodeSchema).optional(),
    anyOf: z.array(nodeSchema).optional(),
  }),
)

function requirePath(path: readonly string[]): void {
  let nodes: readonly Node[] = [nodeSchema.parse(z.toJSONSchema(recipeSchema, { io: 'input' }))]
  for (const [depth, name] of path.entries()) {
    const known = new Map(nodes.flatMap(fieldsOf))
    const next = known.get(name)
    if (next === undefined) throw unknownPath(path, depth, [...known.keys()])
    nodes = [next]
  }
}

const fieldsOf = (node: Node): readonly (readonly [string, Node])[] => [
  ...Object.entries(node.properties ?? {}),
  ...(node.anyOf ?? []).flatMap(fieldsOf),
]

function unknownPath(path: readonly string[], depth: number, known: readonly string[]): GraftError {
  const parent = path.slice(0, depth).join('.')
  const whole = path.join('.')
  const place = parent === '' ? 'A recipe' : `"${parent}"`
  const has = known.length === 0 ? 'no fields' : `the fields ${known.join(', ')}`
  return new GraftError('input.invalid', `--set ${whole}: ${place} has ${has}.`, {
    path: whole,
    known,
  })
}
