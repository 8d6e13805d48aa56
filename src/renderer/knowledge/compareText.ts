const collator = new Intl.Collator(undefined, { numeric: true })

/** The order of texts for a person: the language's, numbers by value. */
export const compareText = (a: string, b: string): number => collator.compare(a, b)
