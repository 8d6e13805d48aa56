import { defaultLayout, type Column, type Layout } from './table'

/** The layout of a table, kept in this browser under the table's name. */
export class TableLayout<Row> {
  #name: string | null
  #columns: () => readonly Column<Row>[]
  #chosen = $state.raw<Layout | null>(null)

  constructor(name: string | null, columns: () => readonly Column<Row>[]) {
    this.#name = name
    this.#columns = columns
    this.#chosen = name === null ? null : read(name)
  }

  get current(): Layout {
    const standard = defaultLayout(this.#columns())
    const chosen = this.#chosen
    if (chosen === null) return standard
    const added = standard.order.filter((key) => !chosen.order.includes(key))
    return {
      order: [...chosen.order.filter((key) => standard.order.includes(key)), ...added],
      hidden: [
        ...chosen.hidden.filter((key) => standard.order.includes(key)),
        ...added.filter((key) => standard.hidden.includes(key)),
      ],
    }
  }

  choose(layout: Layout | null): void {
    this.#chosen = layout
    if (this.#name === null) return
    if (layout === null) localStorage.removeItem(storageKey(this.#name))
    else localStorage.setItem(storageKey(this.#name), JSON.stringify(layout))
  }
}

const storageKey = (name: string): string => `graftbench.table.${name}`

function read(name: string): Layout | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(name)) ?? 'null')
    return isLayout(stored) ? stored : null
  } catch {
    return null
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

const isLayout = (value: unknown): value is Layout =>
  typeof value === 'object' &&
  value !== null &&
  'order' in value &&
  'hidden' in value &&
  isTexts(value.order) &&
  isTexts(value.hidden)
