import { z } from 'zod'
import { describeIssue } from '@shared/issues'
import type { YamlPath, YamlText } from '@shared/yaml'
import { parseYaml } from '@shared/yaml'
import type { NamedFile } from './pack-files'
import { readText } from './pack-files'
import type { PackNotes } from './problems'

/** A YAML file of a pack whose parts are checked one by one, so that all mistakes are told at once. */
export class YamlPart {
  constructor(
    readonly file: string,
    private readonly yaml: YamlText,
    private readonly notes: PackNotes,
  ) {}

  get value(): unknown {
    return this.yaml.value
  }

  place(path: YamlPath): { readonly file: string; readonly line: number | null } {
    return { file: this.file, line: this.yaml.lineOf(path) }
  }

  refuse(path: YamlPath, message: string): void {
    this.notes.error(this.place(path), nameOf(path), message)
  }

  /** The value under the schema, or `fallback` with its mistakes in the notes. */
  check<T>(schema: z.ZodType<T>, value: unknown, path: YamlPath, fallback: T): T {
    const checked = schema.safeParse(value)
    if (checked.success) return checked.data
    for (const problem of checked.error.issues.flatMap(describeIssue)) {
      this.refuse([...path, ...problem.path.map(keyOf)], problem.message)
    }
    return fallback
  }

  /** The fields of a mapping; unknown ones are refused. Null where it is no mapping. */
  fields(known: readonly string[]): Readonly<Record<string, unknown>> | null {
    const { value } = this
    if (value === null || value === undefined) return {}
    const fields = z.record(z.string(), z.unknown()).safeParse(value)
    if (!fields.success) {
      this.notes.error({ file: this.file, line: 1 }, null, 'This must be a list of "name: value".')
      return null
    }
    for (const name of Object.keys(fields.data)) {
      if (known.includes(name)) continue
      this.refuse([name], `There is no field of this name. Known are ${known.join(', ')}.`)
    }
    return fields.data
  }
}

const keyOf = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key))

/** `lexicons.2.negation`, items counted from 1 as people do. */
const nameOf = (path: YamlPath): string | null =>
  path.length === 0
    ? null
    : path.map((key) => (typeof key === 'number' ? `${key + 1}` : key)).join('.')

/** Far more than people write; a flood of brackets of this size is read in a minute. */
export const mostYamlBytes = 4 << 20

/** One bracket too many can make thousands of them. */
const mostErrors = 10

/** Reads a YAML file of a pack; null where there is none or it cannot be read. */
export async function readYamlPart(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<YamlPart | null> {
  const text = await readText(root, file, notes, mostYamlBytes)
  if (text === null) return null
  const yaml = parseYaml(text)
  for (const { line, message } of yaml.errors.slice(0, mostErrors)) {
    notes.error({ file: file.name, line }, null, `This is not valid YAML: ${message}`)
  }
  return yaml.errors.length > 0 ? null : new YamlPart(file.name, yaml, notes)
}
