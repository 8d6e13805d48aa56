import type { TaskKind } from '@shared/domain'

/** Metrics of an evaluation that can decide what the best checkpoint is, by task. */
export function metricsOf(task: TaskKind): readonly string[] {
  switch (task) {
    case 'single-label':
      return ['validation.loss', 'validation.accuracy', 'validation.macroF1']
    case 'multi-label':
      return ['validation.loss', 'validation.microF1', 'validation.macroF1']
    case 'regression':
      return ['validation.loss', 'validation.mae', 'validation.pearson']
  }
}
