import { z } from 'zod'

const normalizerSchema = z.looseObject({
  type: z.string(),
  lowercase: z.boolean().nullish(),
  handle_chinese_chars: z.boolean().nullish(),
  normalizers: z.array(z.unknown()).nullish(),
})

type Normalizer = z.output<typeof normalizerSchema>

/** Ideographs beyond the basic plane, which BERT sets apart with spaces like all the others. */
const farIdeographs =
  /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu

/**
 * What has to be done to a text before the tokeniser library sees it, so that its ids equal the
 * reference's. JavaScript lower-cases a Greek sigma by its context (final ς), the reference by
 * character (σ); and the library looks at UTF-16 units where the reference looks at characters.
 */
export function repairsFor(normalizer: unknown): (text: string) => string {
  const all = flatten(normalizer)
  const lowers = all.some(
    ({ type, lowercase }) => type === 'Lowercase' || (type === 'BertNormalizer' && lowercase),
  )
  const separates = all.some(
    ({ type, handle_chinese_chars: handled }) => type === 'BertNormalizer' && handled,
  )
  return (text) => {
    let repaired = text
    if (lowers) repaired = repaired.replaceAll('Σ', 'σ')
    if (separates) repaired = repaired.replace(farIdeographs, ' $& ')
    return repaired
  }
}

function flatten(normalizer: unknown): readonly Normalizer[] {
  const checked = normalizerSchema.safeParse(normalizer)
  if (!checked.success) return []
  return [checked.data, ...(checked.data.normalizers ?? []).flatMap(flatten)]
}
