import type { TaskKind } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { classesOf, type ModelConfig } from './model-config'

const classifiers: Readonly<Record<string, string>> = {
  bert: 'BertForSequenceClassification',
  distilbert: 'DistilBertForSequenceClassification',
  roberta: 'RobertaForSequenceClassification',
}

const problemTypes = {
  'single-label': 'single_label_classification',
  'multi-label': 'multi_label_classification',
  regression: 'regression',
} as const satisfies Readonly<Record<TaskKind, string>>

/** The config of a classifier that was trained from `base`, as transformers reads it. */
export function classifierConfig(
  base: ModelConfig,
  task: TaskKind,
  labels: readonly string[],
): ModelConfig {
  const architecture = classifiers[base.model_type]
  if (architecture === undefined) {
    throw new GraftError(
      'export.unsupported',
      `A model of the kind "${base.model_type}" cannot be exported as a classifier.`,
    )
  }
  const names = task === 'regression' ? ['value'] : labels
  return {
    ...base,
    architectures: [architecture],
    id2label: Object.fromEntries(names.map((name, id) => [String(id), name])),
    label2id: Object.fromEntries(names.map((name, id) => [name, id])),
    num_labels: names.length,
    problem_type: problemTypes[task],
    torch_dtype: 'float32',
  }
}

/** What a classifier's own config says that its outputs mean. */
export interface ClassifierTask {
  readonly task: TaskKind
  /** In the order of the outputs; none for regression. */
  readonly labels: readonly string[]
}

/**
 * Reads `config` as transformers does: one output without a named problem is a regression, several
 * are classes of which one is right. `path` is named in errors. Throws model.configInvalid where
 * there are no outputs (id2label) or the problem is none of text classification.
 */
export function readClassifier(config: ModelConfig, path: string): ClassifierTask {
  const labels = classesOf(config)
  if (labels.length === 0) {
    throw new GraftError(
      'model.configInvalid',
      `${path} names no labels (id2label): this is not a fine-tuned classifier.`,
      { path, field: 'id2label' },
    )
  }
  const problem =
    config.problem_type ?? problemTypes[labels.length === 1 ? 'regression' : 'single-label']
  switch (problem) {
    case problemTypes['single-label']:
      return { task: 'single-label', labels }
    case problemTypes['multi-label']:
      return { task: 'multi-label', labels }
    case problemTypes.regression:
      return { task: 'regression', labels: [] }
    default:
      throw new GraftError(
        'model.configInvalid',
        `${path}, field "problem_type": "${problem}" is none of ${Object.values(problemTypes).join(', ')}.`,
        { path, field: 'problem_type' },
      )
  }
}
