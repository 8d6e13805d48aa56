import { isMessageKey, t, translate } from '../i18n'
import type { KnowledgeDraft, SideDraft } from './knowledgeDraft'
import type { MethodName, Side } from './methods'

export const methodTitle = (use: MethodName): string => translate(`recipe.method.${use}`)
export const methodText = (use: MethodName): string => translate(`recipe.method.${use}.text`)

const worded = (key: string, fallback: string): string =>
  isMessageKey(key) ? translate(key) : fallback

export const methodFieldLabel = (field: string): string =>
  worded(`recipe.methodField.${field}`, field)

export const methodChoiceLabel = (choice: string): string =>
  worded(`recipe.methodChoice.${choice}`, choice)

export function sideText(side: SideDraft): string {
  if (typeof side === 'string') return translate(`recipe.knowledge.side.${side}`)
  return side.length === 0
    ? t('recipe.knowledge.side.none')
    : side.map(({ use }) => methodTitle(use)).join(', ')
}

/** The folded section in one line. */
export const knowledgeText = (knowledge: KnowledgeDraft | null): string =>
  knowledge === null
    ? t('recipe.knowledge.none')
    : t('recipe.knowledge.summary', {
        pack: knowledge.pack,
        training: sideText(knowledge.training),
        prediction: sideText(knowledge.prediction),
      })

/** What a choice for one side means, for the pack at hand. */
export function sideHelp(side: Side, value: SideDraft): string {
  const kind = typeof value === 'string' ? value : 'list'
  return translate(`recipe.knowledge.${side}.${kind}`)
}

/** Which methods could take part with this pack. */
export const triesText = (methods: readonly MethodName[]): string =>
  methods.length === 0
    ? t('recipe.knowledge.triesNothing')
    : t('recipe.knowledge.tries', { methods: methods.map(methodTitle).join(', ') })
