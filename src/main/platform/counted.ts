/** A number of things in words, in English: “1 step”, “80 steps”. */
export const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`
