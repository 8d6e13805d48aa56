import { basename, extname, resolve } from 'node:path'
import type { Dataset } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { previewFile } from '../data/preview'
import { queryRows, readBadRows } from '../data/snapshot-reader'
import {
  deleteDataset,
  findDataset,
  listAblationsOfDataset,
  listDatasets,
  listRunsOfDataset,
  renameDataset,
  transaction,
} from '../store'
import type { Context } from './context'
import { removeContentFolder, requireUnused } from './deletion'
import type { HandlersOf } from './handlers'
import { importDataset } from './dataset-import'
import type { Jobs } from './jobs'
import { requireDataset, requireModel } from './references'
import { datasetFolder } from './run-folder'
import { readStatistics } from './dataset-statistics'
import { nameUploads } from './uploads'

export function datasetHandlers(context: Context, jobs: Jobs): HandlersOf<'datasets'> {
  const { db, workspace, events } = context
  const folderOf = (dataset: Dataset): string => datasetFolder(workspace, dataset.hash)
  return {
    'datasets.preview': ({ path, rows, delimiter, header }) =>
      nameUploads(workspace, () => previewFile(resolve(path), rows, { delimiter, header })),
    'datasets.import': ({ name, files, ...request }) => {
      const paths = files.map(({ path, part }) => ({ path: resolve(path), part }))
      const title = name ?? nameOfFiles(paths.map(({ path }) => path))
      const description = {
        name: title,
        source: paths.map(({ path }) => basename(path)).join(', '),
      }
      return jobs.start({
        kind: 'dataset.import',
        title,
        work: (control) =>
          nameUploads(workspace, () =>
            importDataset(context, { ...request, files: paths }, description, control),
          ),
      })
    },
    'datasets.list': () => listDatasets(db),
    'datasets.get': ({ dataset }) => requireDataset(db, dataset),
    'datasets.rows': ({ dataset, ...query }) =>
      queryRows(folderOf(requireDataset(db, dataset)), query),
    'datasets.badRows': ({ dataset, limit }) =>
      readBadRows(folderOf(requireDataset(db, dataset)), limit),
    'datasets.statistics': ({ dataset: reference, model }) => {
      const dataset = requireDataset(db, reference)
      if (model === undefined) return dataset.statistics
      return readStatistics(context, dataset, requireModel(db, model))
    },
    'datasets.rename': ({ dataset: reference, name }) => {
      const dataset = requireDataset(db, reference)
      transaction(db, () => {
        const other = findDataset(db, name)
        if (other !== null && other.id !== dataset.id) {
          throw new GraftError('conflict', `There is a dataset "${other.name}" already.`, { name })
        }
        renameDataset(db, dataset.id, name)
      })
      events.publish('datasets.changed', {})
      return requireDataset(db, dataset.id)
    },
    'datasets.delete': async ({ dataset: reference }) => {
      const dataset = requireDataset(db, reference)
      transaction(db, () => {
        requireUnused(
          `Dataset "${dataset.name}"`,
          listRunsOfDataset(db, dataset.id),
          listAblationsOfDataset(db, dataset.id),
        )
        deleteDataset(db, dataset.id)
      })
      events.publish('datasets.changed', {})
      return { bytes: await removeContentFolder(folderOf(dataset)) }
    },
  }
}

/** `film-train.csv` and `film-test.csv` together are `film`. */
export function nameOfFiles(paths: readonly string[]): string {
  const [first = 'dataset', ...others] = paths.map((path) => basename(path, extname(path)))
  if (others.length === 0) return first
  const words = first.split(/[\W_]+/)
  const same = words.findIndex((word, at) =>
    others.some((name) => name.split(/[\W_]+/)[at] !== word),
  )
  const common = words.slice(0, same === -1 ? words.length : same).join('-')
  return common === '' ? first : common
}
