import type { Component } from 'svelte'

export type MenuItem =
  | {
      readonly kind?: 'item'
      readonly label: string
      readonly onselect: () => void
      readonly icon?: Component
      readonly shortcut?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly checked?: boolean
    }
  | { readonly kind: 'separator' }
  | { readonly kind: 'heading'; readonly label: string }
