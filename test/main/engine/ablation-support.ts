import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InputOf } from '@shared/contract'
import type { Ablation, AblationCell, KnowledgePack } from '@shared/domain'
import type { Engine } from '../../../src/main/engine/public'
import type { TestEngine } from './harness'
import { onCleanup, openReadyEngine, resultOf, until } from './harness'
import type { ScriptedLauncher, ScriptedTrainer } from './scripted-trainer'
import { createScriptedLauncher, started } from './scripted-trainer'

/** A pack with one lexicon and one rule about the rows of writeReviews. */
export function writePackFolder(folder: string): string {
  mkdirSync(join(folder, 'lexicons'), { recursive: true })
  writeFileSync(
    join(folder, 'pack.yaml'),
    `name: moods
version: 1
language: en
labels: [negative, positive]
lexicons:
  - file: lexicons/words.csv
    match: word
    valence: { above: positive, below: negative }
rules: rules.yaml
`,
  )
  writeFileSync(join(folder, 'lexicons', 'words.csv'), 'term,valence\ngood,2\nbad,-2\n')
  writeFileSync(
    join(folder, 'rules.yaml'),
    '- id: joy\n  when: { contains: joy }\n  label: positive\n  confidence: 0.9\n',
  )
  return folder
}

export const addPack = (engine: TestEngine): Promise<KnowledgePack> =>
  resultOf<KnowledgePack>(
    engine,
    engine.call('packs.import', { path: writePackFolder(join(engine.folder, 'moods')) }),
  )

export const recipe = {
  model: 'tiny',
  data: { dataset: 'reviews', maxLength: 32, test: 0.2 },
  knowledge: { pack: 'moods' },
}

/** An ablation of two arms, one number of labels and two seeds, unless said otherwise. */
export const create = (
  { call }: Pick<TestEngine, 'call'>,
  input: Partial<InputOf<'ablations.create'>> = {},
): Promise<Ablation> =>
  call('ablations.create', {
    project: 'Reviews',
    recipe,
    labels: [16],
    arms: ['none', 'both'],
    seeds: 2,
    ...input,
  })

/** The ablation when `accept` takes it. */
export const ablationWhen = (
  { call }: Pick<TestEngine, 'call'>,
  reference: string,
  accept: (ablation: Ablation) => boolean,
  what = `ablation ${reference}`,
  withinMs?: number,
): Promise<Ablation> =>
  until(
    async () => {
      const { ablation } = await call('ablations.get', { ablation: reference })
      return accept(ablation) ? ablation : null
    },
    what,
    withinMs,
  )

export const cellsOf = async (
  { call }: Pick<TestEngine, 'call'>,
  reference: string,
): Promise<readonly AblationCell[]> => (await call('ablations.get', { ablation: reference })).cells

/** Ends a run with an accuracy on its test; `answers` are written as its predictions. */
export function finishWith(
  trainer: ScriptedTrainer,
  accuracy: number,
  answers: readonly boolean[] = [],
): void {
  if (answers.length > 0) {
    mkdirSync(join(trainer.runFolder, 'predictions'), { recursive: true })
    const lines = answers.map((right, row) =>
      JSON.stringify({
        row,
        label: 'positive',
        predicted: right ? 'positive' : 'negative',
        logits: [0, right ? 1 : -1],
      }),
    )
    writeFileSync(join(trainer.runFolder, 'predictions', 'test.jsonl'), `${lines.join('\n')}\n`)
  }
  trainer.record(started())
  trainer.record({
    type: 'ended',
    outcome: {
      kind: 'finished',
      earlyStopped: false,
      summary: {
        steps: 4,
        seconds: 1,
        samplesPerSecond: 10,
        peakMemoryBytes: 5,
        metrics: { 'test.accuracy': accuracy },
      },
    },
  })
  trainer.exit()
}

/** Closes an engine whose trainers end when they are told to. */
export async function closeWith(engine: Engine, { trainers }: ScriptedLauncher): Promise<void> {
  const closing = engine.close()
  const isTold = ({ commands }: ScriptedTrainer): boolean =>
    commands.some(({ type }) => type === 'exit')
  const ending = setInterval(() => trainers.filter(isTold).forEach((each) => each.exit()), 20)
  await closing
  clearInterval(ending)
}

/** An engine with the pack and scripted trainers; closed after the test. */
export async function openWithPack() {
  const launcher = createScriptedLauncher()
  const ready = await openReadyEngine(launcher)
  onCleanup(() => closeWith(ready.engine, launcher))
  const pack = await addPack(ready)
  const trainer = (index: number): Promise<ScriptedTrainer> =>
    until(() => launcher.trainers[index], `trainer ${index}`)
  return { launcher, ready, pack, trainer }
}
