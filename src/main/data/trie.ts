/** Sequences of numbers, token ids or character codes, found in longer ones. */
export class Trie<Content> {
  private readonly root: Branch<Content> = { next: new Map(), content: undefined }

  /** The first content of a sequence stays; an empty sequence is never found. */
  add(sequence: ArrayLike<number>, content: Content): void {
    let branch = this.root
    for (let at = 0; at < sequence.length; at += 1) {
      const key = sequence[at] ?? 0
      let next = branch.next.get(key)
      if (next === undefined) {
        next = { next: new Map(), content: undefined }
        branch.next.set(key, next)
      }
      branch = next
    }
    if (sequence.length > 0) branch.content ??= { content }
  }

  /** The longest sequence that `text` has at `start` and that ends where `fits` says so. */
  longest(
    text: ArrayLike<number>,
    start: number,
    fits: (end: number) => boolean = () => true,
  ): Found<Content> | undefined {
    let found: Found<Content> | undefined
    let branch: Branch<Content> | undefined = this.root
    for (let at = start; at < text.length; at += 1) {
      branch = branch.next.get(text[at] ?? 0)
      if (branch === undefined) break
      if (branch.content !== undefined && fits(at + 1)) {
        found = { start, end: at + 1, content: branch.content.content }
      }
    }
    return found
  }
}

/** A stretch of a sequence: `end` is behind its last element. */
export interface Found<Content> {
  readonly start: number
  readonly end: number
  readonly content: Content
}

interface Branch<Content> {
  readonly next: Map<number, Branch<Content>>
  content: { readonly content: Content } | undefined
}
