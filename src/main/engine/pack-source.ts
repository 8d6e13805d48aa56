import { resolve } from 'node:path'
import type { ParsedInputOf } from '@shared/contract'
import type { PackContent, PackProblem } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { checkContent } from '../knowledge/check-content'
import type { Context } from './context'
import { withPackFolder } from './pack-import'
import { inspectPack } from './pack-store'
import { requirePack } from './references'
import { packFolder } from './run-folder'

/** Where the texts of a pack's corpus lie; `hash` names them, null: they may change. */
export interface Corpus {
  readonly folder: string
  readonly hash: string | null
}

/** A pack that is to be measured. */
export interface AnalysedPack {
  readonly content: PackContent
  readonly problems: readonly PackProblem[]
  /** Null for a draft that names no pack. */
  readonly corpus: Corpus | null
}

type PackSource = Pick<ParsedInputOf<'packs.check'>, 'pack' | 'content' | 'path'>

/**
 * Runs `use` on the pack that is meant: one of the workspace, a folder or zip file, or a draft,
 * which may name beside it the pack whose corpus it keeps. Throws input.invalid where none is
 * named, notFound, and what reading the pack throws.
 */
export async function withAnalysedPack<T>(
  context: Context,
  { pack: reference, content, path }: PackSource,
  use: (pack: AnalysedPack) => T | Promise<T>,
): Promise<T> {
  if (reference !== undefined) {
    const { hash } = requirePack(context.db, reference)
    const corpus = { folder: packFolder(context.workspace, hash), hash }
    const inspected = content === undefined ? await inspectPack(corpus.folder) : checkDraft(content)
    return use({ ...inspected, corpus })
  }
  if (content !== undefined) return use({ ...checkDraft(content), corpus: null })
  if (path === undefined) {
    throw new GraftError(
      'input.invalid',
      'Name a pack of the workspace or the path of one, or send its content.',
    )
  }
  return withPackFolder(context, resolve(path), undefined, async (folder) =>
    use({ ...(await inspectPack(folder)), corpus: { folder, hash: null } }),
  )
}

const checkDraft = (content: PackContent): Omit<AnalysedPack, 'corpus'> => ({
  content,
  problems: checkContent(content),
})
