import type { StarterSummary } from '@shared/contract'
import type { Dataset, KnowledgePack, Model, Project, ProjectId, RecipeInput } from '@shared/domain'
import { CsvParser } from '../data/csv'
import { readRecords } from '../data/records'
import type { StarterKit, StarterSet } from '../formats/starter'
import { obtainStarter, starterData, starterModel } from '../formats/starter'
import { starterPack } from '../formats/starter-pack'
import { findModel, findProject, insertProject, listDatasets, transaction } from '../store'
import type { Context } from './context'
import { importDataset } from './dataset-import'
import { estimateRun } from './estimate'
import type { HandlersOf } from './handlers'
import { newId } from './ids'
import type { JobControl, Jobs } from './jobs'
import { addModelFolder } from './model-import'
import { keepPack } from './pack-store'
import { resolveRecipe } from './recipes'

const projectName = 'Starter: film reviews'

export const starterHandlers = (context: Context, jobs: Jobs): HandlersOf<'starter'> => ({
  'starter.create': ({ datasets }) =>
    jobs.start({
      kind: 'starter',
      title: 'Starter project',
      work: (control) => createStarter(context, datasets, control),
    }),
  'starter.model': () =>
    jobs.start({
      kind: 'model.import',
      title: starterModel.name,
      work: async (control) =>
        findModel(context.db, starterModel.name) ??
        addStarterModel(context, await obtain(context, control), control),
    }),
})

const obtain = ({ cacheFolder }: Context, control: JobControl): Promise<StarterKit> =>
  obtainStarter(cacheFolder, {
    signal: control.signal,
    onProgress: ({ label, doneBytes, totalBytes }) =>
      control.report({ label, done: doneBytes, total: totalBytes, unit: 'bytes' }),
  })

/** Model, data, pack and project of the starter kit; what is there already is kept as it is. */
async function createStarter(
  context: Context,
  sets: readonly StarterSet[],
  control: JobControl,
): Promise<StarterSummary> {
  const kit = await obtain(context, control)
  const model = await addStarterModel(context, kit, control)
  const datasets: Dataset[] = []
  for (const set of sets) datasets.push(await addStarterSet(context, kit, set, control))
  const [first] = datasets
  const resolved = resolveRecipe(context.db, {
    name: 'First run',
    model: model.name,
    data: { dataset: first?.name ?? '' },
  } satisfies RecipeInput)
  return {
    project: starterProject(context),
    model,
    datasets,
    pack: await addStarterPack(context, kit, control),
    recipe: resolved.recipe,
    estimate: await estimateRun(context, resolved),
  }
}

const addStarterModel = (context: Context, kit: StarterKit, control: JobControl): Promise<Model> =>
  addModelFolder(
    context,
    kit.modelFolder,
    { name: starterModel.name, source: { kind: 'starter' }, licence: starterModel.licence },
    control,
  )

function addStarterSet(
  context: Context,
  kit: StarterKit,
  set: StarterSet,
  control: JobControl,
): Promise<Dataset> {
  const known = listDatasets(context.db).find(
    (each) => each.name === set && each.source === starterData.source,
  )
  if (known !== undefined) return Promise.resolve(known)
  const { train, test } = kit.sets[set]
  return importDataset(
    context,
    {
      files: [
        { path: train, part: 'train' },
        { path: test, part: 'test' },
      ],
      roles: { text: 'text', pair: null, label: 'label' },
      task: 'single-label',
    },
    { name: set, source: starterData.source, licence: starterData.licence },
    control,
  )
}

/** The valence lexicon of the same archive as the rows. */
async function addStarterPack(
  context: Context,
  { lexicon }: StarterKit,
  { signal, report }: JobControl,
): Promise<KnowledgePack> {
  report({ label: 'Keeping the knowledge pack', done: 0, total: null, unit: 'files' })
  const parser = new CsvParser({ delimiter: ',', quotes: 'records' })
  const rows: (readonly [string, string])[] = []
  for await (const { record } of readRecords(lexicon, 'utf-8', parser, signal)) {
    if (record.kind === 'record') rows.push([record.fields[0] ?? '', record.fields[1] ?? ''])
  }
  return (await keepPack(context, starterPack(rows.slice(1)), null, signal)).pack
}

function starterProject({ db, events, now }: Context): Project {
  const known = findProject(db, projectName)
  if (known !== null) {
    const { id, name, description, createdAt } = known
    return { id, name, description, createdAt }
  }
  const project: Project = {
    id: newId<ProjectId>('project'),
    name: projectName,
    description: 'Tell friendly film reviews from unfriendly ones with a small language model.',
    createdAt: now(),
  }
  transaction(db, () => insertProject(db, project))
  events.publish('projects.changed', {})
  return project
}
