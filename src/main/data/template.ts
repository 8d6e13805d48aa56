import { z } from 'zod'

/** A stretch of a model's input: given tokens, or one of the two texts. */
export type TemplatePiece =
  | { readonly kind: 'special'; readonly ids: readonly number[]; readonly typeId: number }
  | { readonly kind: 'text'; readonly which: 'A' | 'B'; readonly typeId: number }

/** How one text and how two texts become a model's input. */
export interface Template {
  readonly single: readonly TemplatePiece[]
  readonly pair: readonly TemplatePiece[]
}

const marked = z.tuple([z.string(), z.int()])
const piece = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.int() }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: z.int() }) }),
])
const templateProcessing = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(piece),
  pair: z.array(piece),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int()) })),
})
const markedProcessing = z.object({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  sep: marked,
  cls: marked,
})
const byteLevel = z.object({ type: z.literal('ByteLevel') })
const simple = z.discriminatedUnion('type', [templateProcessing, markedProcessing, byteLevel])

/** `post_processor` of tokenizer.json, in the forms that this program understands. */
export const postProcessorSchema = z.union([
  simple,
  z.object({ type: z.literal('Sequence'), processors: z.array(simple) }),
  z.null(),
])

type PostProcessor = z.output<typeof postProcessorSchema>
type Simple = z.output<typeof simple>

const text = (which: 'A' | 'B', typeId: number): TemplatePiece => ({ kind: 'text', which, typeId })
const bare: Template = { single: [text('A', 0)], pair: [text('A', 0), text('B', 0)] }

/** The template that a post-processor stands for. */
export function templateOf(processor: PostProcessor): Template {
  if (processor === null) return bare
  const all = processor.type === 'Sequence' ? processor.processors : [processor]
  const deciding = all.find((one) => one.type !== 'ByteLevel')
  return deciding === undefined ? bare : simpleTemplate(deciding)
}

function simpleTemplate(processor: Simple): Template {
  switch (processor.type) {
    case 'ByteLevel':
      return bare
    case 'TemplateProcessing':
      return {
        single: processor.single.map((item) => fromPiece(item, processor.special_tokens)),
        pair: processor.pair.map((item) => fromPiece(item, processor.special_tokens)),
      }
    case 'BertProcessing':
      return marks(processor.cls[1], processor.sep[1], 1, 1)
    case 'RobertaProcessing':
      return marks(processor.cls[1], processor.sep[1], 0, 2)
  }
}

/** `cls A sep`, and for pairs `cls A sep (sep) B sep` with `typeB` for the second half. */
function marks(cls: number, sep: number, typeB: number, between: 1 | 2): Template {
  const special = (id: number, typeId: number): TemplatePiece => ({
    kind: 'special',
    ids: [id],
    typeId,
  })
  const single = [special(cls, 0), text('A', 0), special(sep, 0)]
  const second = between === 2 ? [special(sep, typeB)] : []
  return { single, pair: [...single, ...second, text('B', typeB), special(sep, typeB)] }
}

function fromPiece(
  item: z.output<typeof piece>,
  special: Readonly<Record<string, { readonly ids: readonly number[] }>>,
): TemplatePiece {
  if ('Sequence' in item) return text(item.Sequence.id, item.Sequence.type_id)
  const { id, type_id: typeId } = item.SpecialToken
  return { kind: 'special', ids: special[id]?.ids ?? [], typeId }
}
