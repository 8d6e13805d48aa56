import type { KnowledgePack } from '@shared/domain'

/** How a recipe names a pack so that it stays the same when a newer version comes. */
export const packReference = ({ name, version }: KnowledgePack): string => `${name}@${version}`

/** The pack that a recipe means: name@version, id, hash, or the newest of a name. */
export function packNamed(
  packs: readonly KnowledgePack[],
  reference: string,
): KnowledgePack | null {
  const exact = packs.find(
    (each) => packReference(each) === reference || each.id === reference || each.hash === reference,
  )
  const named = packs
    .filter((each) => each.name === reference)
    .sort((a, b) => b.version - a.version)
  return exact ?? named[0] ?? null
}
