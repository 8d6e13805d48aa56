const storageKey = 'graftbench.packDataset'

/** The dataset that packs were measured on last, in this browser. */
export const lastDataset = (): string | null => localStorage.getItem(storageKey)

export function rememberDataset(dataset: string | null): void {
  if (dataset === null) localStorage.removeItem(storageKey)
  else localStorage.setItem(storageKey, dataset)
}
