import type { TokenStructure } from '../../nn/layout'
import { lengthsOf, type TokenizedRows } from '../../data/tokenized'

/** A row with branches: arrays of one length, the branches behind the tokens that they hang on. */
export interface TokenTree {
  readonly ids: Int32Array
  readonly typeIds: Uint8Array
  /** Soft position: a branch goes on from its entity, the sentence as if there were no branch. */
  readonly positions: Int32Array
  /** Branch of each token, from 1 on; 0: the sentence. */
  readonly branches: Int32Array
  /** Entity that a token is part of or that its branch hangs on, from 1 on; 0: none. */
  readonly entities: Int32Array
}

/** Tokens `start` to `end` of a row and what is said of them. */
export interface Entity {
  readonly start: number
  readonly end: number
  readonly branches: readonly (readonly number[])[]
}

/**
 * Puts branches behind their entities (Liu et al. 2020, 3.3 and 3.4, soft-position embedding).
 * Entities stand in order and do not overlap.
 */
export function growTree(
  ids: ArrayLike<number>,
  typeIds: ArrayLike<number>,
  entities: readonly Entity[],
): TokenTree {
  const tree = { ids: [] as number[], typeIds: [] as number[], positions: [] as number[] }
  const marks = { branches: [] as number[], entities: [] as number[] }
  const put = (id: number, at: number, position: number, branch: number, entity: number): void => {
    tree.ids.push(id)
    tree.typeIds.push(typeIds[at] ?? 0)
    tree.positions.push(position)
    marks.branches.push(branch)
    marks.entities.push(entity)
  }
  let branches = 0
  let next = 0
  for (let at = 0; at < ids.length; at += 1) {
    const entity = entities[next]
    const inside = entity !== undefined && at >= entity.start
    put(ids[at] ?? 0, at, at, 0, inside ? next + 1 : 0)
    if (entity === undefined || at !== entity.end - 1) continue
    next += 1
    for (const branch of entity.branches) {
      branches += 1
      branch.forEach((id, step) => {
        put(id, at, at + 1 + step, branches, next)
      })
    }
  }
  return {
    ids: Int32Array.from(tree.ids),
    typeIds: Uint8Array.from(tree.typeIds),
    positions: Int32Array.from(tree.positions),
    branches: Int32Array.from(marks.branches),
    entities: Int32Array.from(marks.entities),
  }
}

/**
 * Whether token i sees token j (the visible matrix of Liu et al. 2020, equation 3): both are of the
 * sentence, or of one branch, or one is of a branch and the other of the entity that it hangs on.
 */
function sees(trees: Pick<TokenTree, 'branches' | 'entities'>, i: number, j: number): boolean {
  const a = trees.branches[i]
  const b = trees.branches[j]
  if (a === b) return true
  return (a === 0 || b === 0) && trees.entities[i] === trees.entities[j]
}

/** Trees of many rows, one after another, as their tokens stand in `tokens`. */
export interface TokenTrees {
  readonly tokens: TokenizedRows
  readonly positions: Int32Array
  readonly branches: Int32Array
  readonly entities: Int32Array
}

/** `truncated` says which rows had been cut before anything was put into them. */
export function joinTrees(trees: readonly TokenTree[], truncated: Uint8Array): TokenTrees {
  const starts = new Int32Array(trees.length + 1)
  trees.forEach(({ ids }, row) => {
    starts[row + 1] = (starts[row] ?? 0) + ids.length
  })
  const total = starts[trees.length] ?? 0
  const typeIds = new Uint8Array(total)
  trees.forEach((tree, row) => {
    typeIds.set(tree.typeIds, starts[row])
  })
  const joined = (part: 'ids' | 'positions' | 'branches' | 'entities'): Int32Array => {
    const whole = new Int32Array(total)
    trees.forEach((tree, row) => {
      whole.set(tree[part], starts[row])
    })
    return whole
  }
  return {
    tokens: {
      ...{ rows: trees.length, ids: joined('ids'), typeIds, starts },
      ...{ lengths: lengthsOf(starts), truncated },
    },
    positions: joined('positions'),
    branches: joined('branches'),
    entities: joined('entities'),
  }
}

/**
 * What a batch of these trees, padded to `length`, needs besides its tokens. Pooled vectors are those
 * of the sentence: what a branch says reaches them through its entity alone.
 */
export function structureOf(trees: TokenTrees, length: number): TokenStructure {
  const { rows, starts, lengths } = trees.tokens
  const positions = new Int32Array(rows * length)
  const pooled = new Uint8Array(rows * length)
  const visible = new Uint8Array(rows * length * length)
  for (let row = 0; row < rows; row += 1) {
    const start = starts[row] ?? 0
    const tokens = lengths[row] ?? 0
    for (let i = 0; i < tokens; i += 1) {
      const cell = row * length + i
      positions[cell] = trees.positions[start + i] ?? 0
      pooled[cell] = trees.branches[start + i] === 0 ? 1 : 0
      for (let j = 0; j < tokens; j += 1) {
        if (sees(trees, start + i, start + j)) visible[cell * length + j] = 1
      }
    }
  }
  return { positions, visible, pooled }
}
