import type { TrainingMethod } from '@shared/domain/knowledge'
import type { Triple } from '@shared/domain/pack'
import type { TokenizedRows } from '../../data/tokenized'
import type { TextTokenizer } from '../../data/tokenizer'
import { termFinder, wordFinder } from '../../data/words'
import { sha256Json } from '../../platform/hash'
import { growTree, joinTrees, type Entity, type TokenTree, type TokenTrees } from './token-trees'

export interface TripleSettings {
  /** Most triples of one entity, in the order of the graph. */
  readonly perEntity: number
  /** Most tokens that are put into one row. */
  readonly mostTokens: number
  /** Positions that may be used: branches that would go beyond them are left out. */
  readonly positions: number
}

export interface InjectedRows extends TokenTrees {
  /** Of each row the triples that were put into it, as places in the graph. */
  readonly triples: readonly (readonly number[])[]
}

/** Puts a graph's triples into rows. */
export interface TripleInjector {
  /** Changes whenever any row could become another one: part of cache keys. */
  readonly hash: string
  /** These rows of `tokens`, in that order, with what the graph says. */
  inject(tokens: TokenizedRows, rows: ArrayLike<number>): InjectedRows
}

/** Positions of a model whose tokeniser does not say how many it has. */
const usualPositions = 512

/** The injector that a recipe's methods ask for; undefined where they ask for none. */
export function injectorOf(
  tokenizer: TextTokenizer,
  triples: readonly Triple[],
  methods: readonly TrainingMethod[],
): TripleInjector | undefined {
  const method = methods.find(({ use }) => use === 'triples')
  if (method?.use !== 'triples' || triples.length === 0) return undefined
  const { perEntity, mostTokens } = method
  const positions = tokenizer.maxLength ?? usualPositions
  return tripleInjector(tokenizer, triples, { perEntity, mostTokens, positions })
}

/** "relation tail" of a triple, ready to be put behind its head. */
interface Branch {
  readonly triple: number
  readonly ids: readonly number[]
}

/**
 * K-BERT (Liu et al. 2020, 3.3): heads of the graph are looked for in the rows, as whole words and
 * as the tokeniser writes them, the longest first; behind each, what the graph says of it. A branch
 * that does not fit is left out as a whole.
 */
export function tripleInjector(
  tokenizer: TextTokenizer,
  triples: readonly Triple[],
  settings: TripleSettings,
): TripleInjector {
  const branchesOf = new Map<string, readonly Branch[]>()
  triples.forEach((triple, index) => {
    const head = tokenizer.encodeBare(triple.head.trim()).join()
    const known = branchesOf.get(head) ?? []
    if (head === '' || known.length >= settings.perEntity) return
    const ids = tokenizer.encodeBare(textOf(triple))
    if (ids.length > 0) branchesOf.set(head, [...known, { triple: index, ids }])
  })
  const heads = triples.map(({ head }): [string, readonly Branch[]] => [
    head,
    branchesOf.get(tokenizer.encodeBare(head.trim()).join()) ?? [],
  ])
  const wordsOf = wordFinder(tokenizer)
  const find = termFinder(tokenizer, heads)
  return {
    hash: sha256Json([tokenizer.hash, triples, settings]),
    inject(tokens, rows) {
      const injected: number[][] = []
      const truncated: number[] = []
      const trees: TokenTree[] = []
      for (const row of Array.from(rows)) {
        const [start, end] = [tokens.starts[row] ?? 0, tokens.starts[row + 1] ?? 0]
        const ids = tokens.ids.subarray(start, end)
        const { entities, used } = choose(find(ids, wordsOf(ids)), settings)
        injected.push(used)
        truncated.push(tokens.truncated[row] ?? 0)
        trees.push(growTree(ids, tokens.typeIds.subarray(start, end), entities))
      }
      return { ...joinTrees(trees, Uint8Array.from(truncated)), triples: injected }
    },
  }
}

/** Names of relations are often written as is_a; the space in front is that of a word in a text. */
const textOf = ({ relation, tail }: Triple): string =>
  ` ${relation.replaceAll('_', ' ').trim()} ${tail.trim()}`

function choose(
  found: readonly {
    readonly start: number
    readonly end: number
    readonly content: readonly Branch[]
  }[],
  { mostTokens, positions }: TripleSettings,
): { readonly entities: readonly Entity[]; readonly used: number[] } {
  let left = mostTokens
  const used: number[] = []
  const entities = found.map(({ start, end, content }): Entity => {
    const fitting: (readonly number[])[] = []
    for (const { triple, ids } of content) {
      if (ids.length > left || end + ids.length > positions) continue
      left -= ids.length
      fitting.push(ids)
      used.push(triple)
    }
    return { start, end, branches: fitting }
  })
  return { entities: entities.filter(({ branches }) => branches.length > 0), used }
}
