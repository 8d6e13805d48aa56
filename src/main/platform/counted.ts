/** A number of things in words, in English: “1 step”, “1,200 steps”. */
export const counted = (count: number, thing: string): string =>
  `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`
