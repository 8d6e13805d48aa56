import type { ModelSource } from '@shared/domain'
import { t } from '../i18n'

/** Where a model came from, for a person. */
export function sourceText(source: ModelSource): string {
  switch (source.kind) {
    case 'folder':
      return t('models.source.folder', { path: source.path })
    case 'hub':
      return t('models.source.hub', { repo: source.repo, revision: source.revision })
    case 'wheel':
      return t('models.source.wheel', { name: source.name })
    case 'starter':
      return t('models.source.starter')
  }
}
