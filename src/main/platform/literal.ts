/** A pattern that finds a text as it stands, with the flag u or without. */
export const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
