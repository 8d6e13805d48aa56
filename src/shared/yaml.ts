import { isMap, LineCounter, parseDocument } from 'yaml'

export type YamlPath = readonly (string | number)[]

/** A YAML text as plain data, and where each part of it stands. */
export interface YamlText {
  /** Undefined where the text is no YAML. */
  readonly value: unknown
  readonly errors: readonly { readonly line: number; readonly message: string }[]
  /** The line, from 1, of a value; where it is not written down, of the key of what it would stand in. */
  lineOf(path: YamlPath): number | null
}

/** Reads YAML 1.2; keys that stand twice and floods of aliases are errors. Never throws. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
    const errors = document.errors.map((error) => ({
      line: lines.linePos(error.pos[0]).line,
      message: firstSentence(error.message),
    }))
    const value: unknown =
      errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100, mapAsMap: false })
    const lineOf = (path: YamlPath): number | null => {
      for (let depth = path.length; depth > 0; depth -= 1) {
        const node = document.getIn(path.slice(0, depth), true)
        if (!hasRange(node)) continue
        const parent =
          depth > 1 ? document.getIn(path.slice(0, depth - 1), true) : document.contents
        const key = depth < path.length ? keyOf(parent, node) : null
        return lines.linePos((key ?? node).range[0]).line
      }
      return null
    }
    return { value, errors, lineOf }
  } catch (error) {
    const message = error instanceof Error ? firstSentence(error.message) : String(error)
    return { value: undefined, errors: [{ line: 1, message }], lineOf: () => null }
  }
}

/** The parser's words without the place and the excerpt that follow them. */
const firstSentence = (message: string): string =>
  message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '')

type Ranged = { readonly range: readonly [number, number, number] }

/** The key under which a value stands in a mapping; null in a list. */
function keyOf(parent: unknown, value: unknown): Ranged | null {
  const key = isMap(parent) ? parent.items.find((pair) => pair.value === value)?.key : null
  return hasRange(key) ? key : null
}

const hasRange = (node: unknown): node is Ranged =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
