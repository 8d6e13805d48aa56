/** Recipes that were begun and left, by their place: they are there again on return. */
export class Drafts {
  #texts = new Map<string, string>()

  of(place: string): string | undefined {
    return this.#texts.get(place)
  }

  keep(place: string, text: string): void {
    this.#texts.set(place, text)
  }

  forget(place: string): void {
    this.#texts.delete(place)
  }
}
