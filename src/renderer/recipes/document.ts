import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'

/*
 * A recipe as text. The form changes one field at a time inside the document, so that comments,
 * order and whatever the person left out stay as they were.
 */

export type Draft = Readonly<Record<string, unknown>>
export type FieldValue = string | number | boolean | null | { readonly lastLayers: number }
/** Whatever can stand in a recipe: lists of methods, maps of labels. */
export type YamlValue =
  string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue }

const parse = (yaml: string): Document.Parsed => parseDocument(yaml, { uniqueKeys: true })

/** The recipe a text says; null while it cannot be read. */
export function readDraft(yaml: string): Draft | null {
  const document = parse(yaml)
  if (document.errors.length > 0 || !isMap(document.contents)) return null
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  return isRecord(value) ? value : null
}

const isRecord = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands at a dotted path; undefined where nothing was written. */
export function valueAt(draft: unknown, path: string): unknown {
  let value: unknown = draft
  for (const key of path.split('.')) {
    if (!isRecord(value)) return undefined
    value = value[key]
  }
  return value
}

/** The line, from 1, on which the value of a path begins; null where it is not written. */
export function lineOf(yaml: string, path: string): number | null {
  const lineCounter = new LineCounter()
  const node = parseDocument(yaml, { lineCounter }).getIn(path.split('.'), true)
  return isNode(node) && node.range ? lineCounter.linePos(node.range[0]).line : null
}

/**
 * The text with one field changed; undefined takes the field out, and sections that are empty then.
 * A text that cannot be read is given back as it is.
 */
export function writeField(yaml: string, path: string, value: YamlValue | undefined): string {
  const document = parse(yaml.trim() === '' ? '{}\n' : yaml)
  if (document.errors.length > 0 || !isMap(document.contents)) return yaml
  document.contents.flow = false
  const keys = path.split('.')
  if (value === undefined) removeField(document, keys)
  else setField(document, keys, value)
  return document.toString({ lineWidth: 100 })
}

/** As `writeField`, for several fields at once. */
export const writeFields = (
  yaml: string,
  values: Readonly<Record<string, YamlValue | undefined>>,
): string =>
  Object.entries(values).reduce((text, [path, value]) => writeField(text, path, value), yaml)

function setField(document: Document, keys: readonly string[], value: YamlValue): void {
  const known = document.getIn(keys, true)
  if (isScalar(known) && (typeof value !== 'object' || value === null)) {
    known.value = value
    format(known, value)
    return
  }
  for (let depth = 1; depth < keys.length; depth += 1) {
    const above = keys.slice(0, depth)
    if (!isCollection(document.getIn(above, true))) document.setIn(above, document.createNode({}))
  }
  const node = document.createNode(value)
  if (isScalar(node)) format(node, value)
  document.setIn(keys, node)
}

/** Small numbers are written as people say them: 5e-5. */
function format(node: { format?: string }, value: YamlValue): void {
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3) node.format = 'EXP'
  else delete node.format
}

function removeField(document: Document, keys: readonly string[]): void {
  if (!document.hasIn(keys)) return
  document.deleteIn(keys)
  const above = keys.slice(0, -1)
  const section = above.length === 0 ? undefined : document.getIn(above, true)
  if (isMap(section) && section.items.length === 0) removeField(document, above)
}
