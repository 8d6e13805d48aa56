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
