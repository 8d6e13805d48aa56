import type { Random } from '../../../src/main/platform/random'

const samples = [
  'good Bad GREAT straße STRASSE ẞ ﬁne İstanbul ısı ΛΟΓΟΣ λόγος',
  "don't can’t it's actor’s well-made 3.5 1,000 a_b x",
  ':) :-( <3 !! ... ;) >:( :D (8) 2:3 $ % & / ~',
  '这部电影不好看 電影 すごく良い アニメ ไม่ดี',
  'e\u0301 e\u0300\u0323 \u0301 \u00ad \u200b \u200d \ufeff \u2028',
  '👍🏽 👩‍👩‍👧 🇺🇸 ❤️ \ud83d \udc4d \ud800',
  ' \t\n\n\r\n ',
  'http://a.b/c?d=e, www.x.org. me@x.org #tag @name',
].map((sample) => sample.split(''))

/** Text of letters, symbols, marks and lone surrogates without sense. */
export function randomText(random: Random, most = 60): string {
  let text = ''
  for (let left = random.below(most); left > 0; left -= 1) {
    const units = samples[random.below(samples.length)] ?? []
    const from = random.below(units.length)
    text += units.slice(from, from + 1 + random.below(6)).join('')
    if (random.below(20) === 0) text += String.fromCharCode(random.below(0x10000))
  }
  return text
}
