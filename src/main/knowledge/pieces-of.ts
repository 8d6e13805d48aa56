import type { PackContent, PieceId } from '@shared/domain'

/** What the pieces of a pack are called, lexicons first. */
export const piecesOf = ({ lexicons, rules }: PackContent): readonly PieceId[] => [
  ...lexicons.map(({ id }): PieceId => `lexicon:${id}`),
  ...rules.map(({ id }): PieceId => `rule:${id}`),
]
