import type { Component } from 'svelte'

export interface PaletteCommand {
  readonly id: string
  readonly label: string
  /** In grey behind the label. */
  readonly hint?: string | undefined
  readonly icon?: Component
  readonly shortcut?: string
  /** Further words by which it is found. */
  readonly keywords?: readonly string[]
  readonly run: () => void
}

export interface PaletteGroup {
  readonly label: string
  readonly commands: readonly PaletteCommand[]
}

/** How well a text, or one of the further words, answers what was typed: 0 not at all, to 1. */
export type Score = (text: string, typed: string, keywords?: string[]) => number

/**
 * The commands that answer what was typed, groups and commands with the best first; all of
 * them, as they stand, while nothing is typed. Groups that come late are held to it as well.
 */
export function matching(
  groups: readonly PaletteGroup[],
  typed: string,
  score: Score,
): readonly PaletteGroup[] {
  const query = typed.trim()
  if (query === '') return groups
  const scored = groups.flatMap(({ label, commands }) => {
    const found = commands
      .map((command) => ({
        command,
        score: score(words(command), query, [...(command.keywords ?? [])]),
      }))
      .filter((one) => one.score > 0)
      .sort((a, b) => b.score - a.score)
    const [best] = found
    return best === undefined ? [] : [{ label, found, best: best.score }]
  })
  return scored
    .sort((a, b) => b.best - a.best)
    .map(({ label, found }) => ({ label, commands: found.map(({ command }) => command) }))
}

const words = ({ label, hint }: PaletteCommand): string =>
  hint === undefined ? label : `${label} ${hint}`
