import type { RecipeCheck } from '@shared/contract'
import type { RunEstimate } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import {
  readDraft,
  valueAt,
  writeField,
  writeFields,
  type Draft,
  type FieldValue,
} from './document'
import { defaults, type FieldPath } from './fields'
import { presetFields, presetOf, type PresetName } from './presets'

const checkAfterMs = 250

/**
 * One recipe that is being written, in the form and as text. The text is the truth; the form reads
 * it and changes it field by field. The engine checks what stands there and says what it costs.
 */
export class RecipeEditor {
  #client: Client
  #yaml = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  check = $state.raw<RecipeCheck | null>(null)
  estimate = $state.raw<RunEstimate | null>(null)
  /** Why the engine could not be asked. */
  error = $state.raw<ErrorPayload | null>(null)
  checking = $state(true)

  constructor(client: Client, yaml: string) {
    this.#client = client
    this.#yaml = yaml
    void this.#ask()
  }

  get yaml(): string {
    return this.#yaml
  }

  /** null while the text cannot be read. */
  draft: Draft | null = $derived(readDraft(this.#yaml))

  /** The preset that the text amounts to. */
  preset: PresetName | null = $derived(this.draft === null ? null : presetOf(this.draft))

  get ready(): boolean {
    return !this.checking && this.check !== null && this.check.recipe !== null
  }

  /** What stands in the text, else the default. */
  value(path: string): unknown {
    const written = valueAt(this.draft, path)
    return written === undefined ? valueAt(defaults, path) : written
  }

  problem(path: string): string | null {
    const problems = this.check?.problems ?? []
    return problems.find((each) => each.path === path)?.message ?? null
  }

  setYaml(yaml: string): void {
    if (yaml === this.#yaml) return
    this.#yaml = yaml
    this.#soon()
  }

  /** null is taken out of the text where that means the same. */
  set(path: FieldPath | 'name' | 'model' | 'data.dataset', value: FieldValue): void {
    const needless = value === null && valueAt(defaults, path) === null
    this.setYaml(writeField(this.#yaml, path, needless ? undefined : value))
  }

  choosePreset(name: PresetName): void {
    this.setYaml(writeFields(this.#yaml, presetFields(name)))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#asked += 1
  }

  #soon(): void {
    this.checking = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), checkAfterMs)
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked
    try {
      const check = await this.#client.call('recipes.check', { yaml: this.#yaml })
      const estimate =
        check.recipe === null
          ? null
          : await this.#client.call('recipes.estimate', { recipe: check.recipe })
      if (asked !== this.#asked) return
      this.check = check
      this.estimate = estimate
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
    }
    this.checking = false
  }
}

/** The text a new run begins with: what matters, the rest by default. */
export function firstRecipe(model: string, dataset: string): string {
  const bare = writeFields('', { name: `${dataset}, ${model}`, model, 'data.dataset': dataset })
  return writeFields(bare, presetFields('standard'))
}
