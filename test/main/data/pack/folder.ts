import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { folderOfTest } from '../../../temporary'

/** Writes files, by their names in the folder. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

export const packOf = (files: Readonly<Record<string, string | Uint8Array>>): string =>
  writeFiles(folderOfTest(), files)

/** The smallest useful pack, as the documentation prints it. */
export const smallest = {
  'pack.yaml': `name: valence
version: 1
language: en
labels: [negative, positive]
lexicons:
  - file: lexicons/valence.csv          # header term,valence or term,label,weight
    match: word                         # word | phrase | stem | regex
    valence: { above: positive, below: negative }
    negation: { words: [not, no, never, without, cannot, hardly], suffixes: ["n't"], window: 3, factor: -0.74 }
rules: rules.yaml
`,
  'lexicons/valence.csv': 'term,valence\ngood,1.9\nbad,-2.5\n":-,",-1\n',
  'rules.yaml': `- id: money-back
  when: { any: [ { contains: refund }, { regex: 'money\\s+back' } ] }
  label: negative
  confidence: 0.8
- id: five-stars
  when: { column: stars, atLeast: 5 }
  label: positive
  confidence: 0.95
`,
}

/** A pack that has every part. */
export const whole = {
  ...smallest,
  'pack.yaml': `name: shop reviews
version: 3
language: en-GB
labels: [negative, neutral, positive]
description: What a shop knows of its reviews.
licence: CC-BY-4.0
sources: [our own shop, "a friend's shop"]
lexicons:
  - file: lexicons/valence.csv
    valence: { above: positive, below: negative }
    negation: { words: [not], window: 2, factor: -0.5 }
    intensifiers: { file: intensifiers.csv }
    contrast: { words: [but, even so] }
  - file: lexicons/topics.csv
    match: stem
    caseSensitive: true
    intensifiers: { words: { very: 0.293 }, window: 3, decay: 0.95 }
rules: rules.yaml
graph: graph.csv
vocabulary: vocabulary.txt
priors: priors.yaml
rationales: rationales.csv
invariances: invariances.yaml
`,
  'intensifiers.csv': 'term,amount\nvery,0.293\nbarely,-0.293\n',
  'lexicons/topics.csv':
    'term,label,weight\nrefund,negative,1\nrefund,neutral,0.5\nfine,neutral,2\n',
  'rules.yaml': `- { id: a, when: { contains: two words }, label: negative, confidence: 0.8, note: "said: twice" }
- { id: b, when: { contains: Refund, match: stem }, label: negative, confidence: 0.7, hard: true }
- { id: c, when: { near: [not, good], within: 4 }, label: negative, confidence: 0.7 }
- { id: d, when: { near: [not, bad, 2] }, label: positive, confidence: 0.7 }
- { id: e, when: { not: { all: [ { count: ok, atLeast: 2 }, { length: words, atMost: 5 } ] } }, label: neutral, confidence: 0.6 }
- { id: f, when: { length: characters, atLeast: 10, atMost: 20 }, label: neutral, confidence: 0.6 }
- { id: g, when: { column: lang, equals: no }, label: neutral, confidence: 0.6 }
- { id: h, when: { column: stars, equals: 3 }, label: neutral, confidence: 0.6 }
`,
  'graph.csv': 'head,relation,tail\nrefund,is a,complaint\n"refund, full",is a,refund\n',
  'vocabulary.txt': 'click and collect\n\nSKU-12\n',
  'priors.yaml': `shares: { negative: 0.2, neutral: 0.3, positive: 0.5 }
forbidden: [[negative, positive]]
implied: [[positive, neutral]]
hierarchy: { negative: opinion, positive: opinion }
`,
  'rationales.csv': 'term,role,label\nrefund,reason,negative\nTuesday,irrelevant,\n',
  'invariances.yaml': `text: [case, digits]
swaps: [[Anna, Ben], [film, movie]]
images: [flip, crop]
`,
  'corpus/b.txt': 'One line.\n\nAnother line.',
  'corpus/a.txt': 'Grüße\n',
}
