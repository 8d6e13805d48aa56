import { z } from 'zod'
import type { Invariances, Priors, Rationale, Rule, Triple } from '@shared/domain'
import { readRule, scalarText } from '@shared/domain/rule-file'
import { readCsvFile } from './csv-file'
import type { NamedFile } from './pack-files'
import { readText } from './pack-files'
import type { PackNotes } from './problems'
import type { YamlPart } from './yaml-part'
import { readYamlPart } from './yaml-part'

/** The rules of rules.yaml; one that cannot be read is an error in the notes. */
export async function readRules(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<readonly Rule[]> {
  const part = await readYamlPart(root, file, notes)
  return part === null ? [] : rulesOf(part, notes)
}

/** The rules of a YAML text, as rules.yaml holds them; those with mistakes as far as they are known. */
export function rulesOf(part: YamlPart, notes: PackNotes): readonly Rule[] {
  const rules: Rule[] = []
  const items = part.check(z.array(z.unknown()), part.value ?? [], [], [])
  for (const [index, item] of items.entries()) {
    const rule = readRule(item, [index], (path, message) => part.refuse(path, message))
    if (rule === null) continue
    for (const field of ['id', 'when', 'label', 'confidence']) {
      notes.put(['rules', rules.length, field], part.place([index, field]))
    }
    notes.put(['rules', rules.length], part.place([index]))
    rules.push(rule)
  }
  return rules
}

export async function readTriples(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<readonly Triple[]> {
  const table = await readCsvFile(root, file, [['head', 'relation', 'tail']], notes)
  return (table?.lines ?? []).map(({ line, fields }, at) => {
    notes.put(['triples', at], { file: file.name, line })
    const [head = '', relation = '', tail = ''] = fields
    return { head, relation, tail }
  })
}

/** One term a line; empty lines are passed over. */
export async function readVocabulary(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<readonly string[]> {
  const text = await readText(root, file, notes)
  const terms: string[] = []
  for (const [index, line] of (text ?? '').split(/\r\n|[\n\r]/).entries()) {
    if (line.trim() === '') continue
    notes.put(['vocabulary', terms.length], { file: file.name, line: index + 1 })
    terms.push(line.trim())
  }
  return terms
}

const pairs = z.array(z.tuple([scalarText, scalarText])).default([])
const priorFields = {
  shares: z.record(z.string(), z.number().min(0).max(1)).default({}),
  forbidden: pairs,
  implied: pairs,
  hierarchy: z.record(z.string(), scalarText).default({}),
}

export async function readPriors(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<Priors | null> {
  const part = await readYamlPart(root, file, notes)
  const given = part?.fields(Object.keys(priorFields)) ?? null
  if (part === null || given === null) return null
  for (const [name, value] of Object.entries(given)) {
    notes.put(['priors', name], part.place([name]))
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
    const isList = Array.isArray(value)
    for (const key of keys) {
      notes.put(['priors', name, isList ? Number(key) : key], part.place([name, key]))
    }
  }
  return {
    shares: part.check(priorFields.shares, given['shares'], ['shares'], {}),
    forbidden: part.check(priorFields.forbidden, given['forbidden'], ['forbidden'], []),
    implied: part.check(priorFields.implied, given['implied'], ['implied'], []),
    hierarchy: part.check(priorFields.hierarchy, given['hierarchy'], ['hierarchy'], {}),
  }
}

const roles = ['reason', 'irrelevant'] as const
const columns = ['term', 'role', 'label'] as const

export async function readRationales(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<readonly Rationale[]> {
  const table = await readCsvFile(root, file, [columns, columns.slice(0, 2)], notes)
  const rationales: Rationale[] = []
  for (const { line, fields } of table?.lines ?? []) {
    const [term = '', text = '', label = ''] = fields
    const role = roles.find((each) => each === text)
    if (role === undefined) {
      const found = JSON.stringify(text)
      notes.error(
        { file: file.name, line },
        'role',
        `This must be reason or irrelevant, not ${found}.`,
      )
      continue
    }
    notes.put(['rationales', rationales.length], { file: file.name, line })
    rationales.push({ term, role, label: label === '' ? null : label })
  }
  return rationales
}

const invarianceFields = {
  text: z.array(z.enum(['case', 'digits', 'punctuation'])).default([]),
  swaps: z.array(z.array(scalarText)).default([]),
  images: z.array(z.enum(['flip', 'rotate', 'colour', 'crop'])).default([]),
}

export async function readInvariances(
  root: string,
  file: NamedFile,
  notes: PackNotes,
): Promise<Invariances | null> {
  const part = await readYamlPart(root, file, notes)
  const given = part?.fields(Object.keys(invarianceFields)) ?? null
  if (part === null || given === null) return null
  const swaps = part.check(invarianceFields.swaps, given['swaps'], ['swaps'], [])
  for (const at of swaps.keys()) {
    notes.put(['invariances', 'swaps', at], part.place(['swaps', at]))
  }
  return {
    text: part.check(invarianceFields.text, given['text'], ['text'], []),
    swaps,
    images: part.check(invarianceFields.images, given['images'], ['images'], []),
  }
}
