import type { Dataset, KnowledgePack, PackContent } from '@shared/domain'
import type { Client, Jobs } from '../api'
import { RuleMining } from './mining.svelte'
import { PackDraft } from './packDraft.svelte'
import { PackMeasure } from './packMeasure.svelte'
import { PieceRows } from './pieceRows.svelte'

/** A pack on the desk: its draft, how it fares on rows, and what the rows suggest. */
export class PackDesk {
  readonly draft: PackDraft
  readonly measure: PackMeasure
  readonly rows: PieceRows
  readonly mining: RuleMining

  constructor(
    client: Client,
    jobs: Jobs,
    pack: KnowledgePack,
    content: PackContent,
    dataset: string | null,
  ) {
    const draft = new PackDraft(client, pack, content)
    const measure = new PackMeasure(
      client,
      () => draft.content,
      () => draft.base.id,
      { dataset, labels: {} },
    )
    const rows = new PieceRows(client, () => ({ content: draft.content, on: measure.on }))
    draft.onchange = () => {
      measure.soon()
    }
    measure.onreport = () => {
      rows.refresh()
    }
    this.draft = draft
    this.measure = measure
    this.rows = rows
    this.mining = new RuleMining(client, jobs)
  }
}

/** Packs that were edited and left without saving, by id: they are there again on return. */
export class PackDesks {
  #desks: readonly PackDesk[] = []

  /** Whether anything would be lost. */
  get unsaved(): boolean {
    return this.#desks.some(({ draft }) => draft.changed)
  }

  of(pack: string): PackDesk | undefined {
    return this.#desks.find(({ draft }) => draft.base.id === pack)
  }

  keep(desk: PackDesk): void {
    this.forget(desk)
    this.#desks = [...this.#desks, desk]
  }

  forget(desk: PackDesk): void {
    this.#desks = this.#desks.filter((each) => each !== desk)
  }
}

/** The dataset to measure on: the one chosen last, else the first that knows a class of the pack. */
export function usualDataset(
  datasets: readonly Dataset[],
  labels: readonly string[],
  last: string | null,
): string | null {
  const chosen = datasets.find(({ id }) => id === last)
  const known = datasets.find((each) => each.labels.some((label) => labels.includes(label)))
  return (chosen ?? known)?.id ?? null
}
