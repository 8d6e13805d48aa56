import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'

export interface Toast {
  readonly id: number
  readonly message: string
  readonly error: ErrorPayload | null
  readonly action: { readonly label: string; readonly run: () => void } | null
}

const shownMs = 5000
const shownWithActionMs = 10_000
const most = 4

/** Short notices in the corner. Errors stay until they are dismissed. */
class Toasts {
  #all = $state.raw<readonly Toast[]>([])
  #nextId = 1

  get all(): readonly Toast[] {
    return this.#all
  }

  show(message: string, action: Toast['action'] = null): void {
    const id = this.#add({ message, action, error: null })
    setTimeout(
      () => {
        this.dismiss(id)
      },
      action === null ? shownMs : shownWithActionMs,
    )
  }

  /** For a failure that has no place of its own on the screen. */
  fail(error: unknown): void {
    const payload = toErrorPayload(error)
    if (payload.code === 'cancelled') return
    this.#add({ message: payload.message, error: payload, action: null })
  }

  dismiss(id: number): void {
    this.#all = this.#all.filter((toast) => toast.id !== id)
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = this.#nextId++
    this.#all = [...this.#all, { ...toast, id }].slice(-most)
    return id
  }
}

export const toasts = new Toasts()
