import { valueAt, type Draft } from './document'
import { methodsOf, type MethodName, type Side } from './methods'

/** A method as it stands in the text: its name, and whatever else was written. */
export interface MethodDraft {
  readonly use: MethodName
  readonly written: Readonly<Record<string, unknown>>
}

export type SideDraft = 'auto' | 'none' | readonly MethodDraft[]

/** The knowledge of a recipe as the form shows it. */
export interface KnowledgeDraft {
  readonly pack: string
  readonly labels: Readonly<Record<string, string>>
  readonly training: SideDraft
  readonly prediction: SideDraft
  readonly without: readonly string[]
}

/** Paths at which the form shows something of knowledge. */
export const knowledgePaths: readonly string[] = [
  'knowledge.pack',
  'knowledge.labels',
  'knowledge.training',
  'knowledge.prediction',
  'knowledge.without',
]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a text says of knowledge; null where it has none or it cannot be shown. */
export function knowledgeOf(draft: Draft): KnowledgeDraft | null {
  const value = valueAt(draft, 'knowledge')
  if (!isRecord(value)) return null
  return {
    pack: typeof value['pack'] === 'string' ? value['pack'] : '',
    labels: textsOf(value['labels']),
    training: sideOf('training', value['training']),
    prediction: sideOf('prediction', value['prediction']),
    without: Array.isArray(value['without'])
      ? value['without'].filter((each): each is string => typeof each === 'string')
      : [],
  }
}

function sideOf(side: Side, value: unknown): SideDraft {
  if (!Array.isArray(value)) return value === 'none' ? 'none' : 'auto'
  return value.flatMap((each: unknown): readonly MethodDraft[] => {
    if (!isRecord(each)) return []
    const use = methodsOf(side).find((name) => name === each['use'])
    return use === undefined ? [] : [{ use, written: each }]
  })
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      )
    : {}

/** Where a method of the list stands in the text: by its name, since each is used once. */
export function methodIndex(draft: Draft, side: Side, use: MethodName): number {
  const list = valueAt(draft, `knowledge.${side}`)
  return Array.isArray(list)
    ? list.findIndex((each: unknown) => isRecord(each) && each['use'] === use)
    : -1
}

/** Labels of a pack that a dataset does not have by name. */
export function unmatchedLabels(
  packLabels: readonly string[],
  dataLabels: readonly string[],
): readonly string[] {
  return packLabels.filter((label) => !dataLabels.includes(label))
}
