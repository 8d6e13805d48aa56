import type { DataRow } from '@shared/domain/dataset'
import type { TokenizedRows } from '../../data/tokenized'
import { lexiconsUsed } from '../../knowledge/compile'
import { behindContrast } from '../../knowledge/contrast'
import { counted } from '../../platform/counted'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'
import type { StageRows } from './soft-labels'
import { textRows } from './text-rows'
import type { TrialModel } from './trial-model'

/** What stands behind contrasting words. */
export interface TextsBehind {
  /** Places among the unlabelled rows, one for each text. */
  readonly places: readonly number[]
  readonly texts: StageRows
  readonly tokens: TokenizedRows
}

/** Where rows of one text contrast by the pack, what stands behind; without a pack nowhere. */
export function textsBehind(
  { rows, tokens, tokenizer }: Prepared,
  unlabelled: Int32Array,
  knowledge: Knowledge | undefined,
): TextsBehind {
  const lexicons =
    knowledge === undefined ? [] : lexiconsUsed(knowledge.content, knowledge.choice.without)
  const behind = behindContrast(
    lexicons,
    Array.from(unlabelled, (row) => textOf(rows[row])),
  )
  const places = [...behind.keys()].filter((place) => behind[place] !== undefined)
  const longest = tokens.lengths.reduce((most, length) => Math.max(most, length), 1)
  const { rows: texts, tokens: textTokens } = textRows(
    places.map((place) => behind[place] ?? ''),
    tokenizer,
    longest,
  )
  return { places, texts, tokens: textTokens }
}

/** Of two texts, none stands for both. */
const textOf = (row: DataRow | undefined): string =>
  row === undefined || row.pair !== null ? '' : row.text

/**
 * The mean of the answers for a text and for what stands behind its contrasting word: a text of the kind
 * "A but B" means what B says (Hu et al. 2016, section 4.1).
 *
 * @param logits [rows, classes], for the whole texts
 */
export async function joinContrasts(
  model: Pick<TrialModel, 'classes' | 'logits'>,
  logits: Float32Array,
  { places, texts }: TextsBehind,
  log: (sentence: string) => void,
): Promise<Float32Array> {
  if (places.length === 0) return logits
  log(`In ${counted(places.length, 'row')} what stands behind a contrasting word counts as well.`)
  const { classes } = model
  const said = await model.logits(Int32Array.from(places.keys()), texts)
  const joined = logits.slice()
  places.forEach((place, at) => {
    for (let k = 0; k < classes; k += 1) {
      const whole = logits[place * classes + k] ?? 0
      joined[place * classes + k] = (whole + (said[at * classes + k] ?? 0)) / 2
    }
  })
  return joined
}
