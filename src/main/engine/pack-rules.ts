import type { PackContent, Rule } from '@shared/domain'
import { rulesOf } from '../data/pack/parts'
import { PackNotes, requireUsable } from '../data/pack/problems'
import { YamlPart } from '../data/pack/yaml-part'
import { parseYaml } from '@shared/yaml'

export { rulesToYaml } from '../data/pack/write-pack'

/** Rules of a YAML text of the form of rules.yaml. Throws pack.invalid naming file and lines. */
export function parseRules(text: string, file: string): readonly Rule[] {
  const notes = new PackNotes()
  const yaml = parseYaml(text)
  for (const { line, message } of yaml.errors) notes.error({ file, line }, null, message)
  const rules = yaml.errors.length > 0 ? [] : rulesOf(new YamlPart(file, yaml, notes), notes)
  requireUsable(file, notes.problems)
  return rules
}

/** The pack with more rules; one of the same id takes the place of the old one. */
export function withRules(content: PackContent, rules: readonly Rule[]): PackContent {
  const added = new Map(rules.map((rule) => [rule.id, rule]))
  const known = new Set(content.rules.map(({ id }) => id))
  return {
    ...content,
    rules: [
      ...content.rules.map((rule) => added.get(rule.id) ?? rule),
      ...[...added.values()].filter(({ id }) => !known.has(id)),
    ],
  }
}
