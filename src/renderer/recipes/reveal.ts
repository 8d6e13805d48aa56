/** The field that an element of the form belongs to; null outside of any. */
export function pathOf(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null
  return target.closest('[data-path]')?.getAttribute('data-path') ?? null
}

/** Brings a field of the form into sight and puts the keyboard there. */
export function focusField(form: HTMLElement, path: string): void {
  const row = form.querySelector(`[data-path="${CSS.escape(path)}"]`)
  row?.scrollIntoView({ block: 'center' })
  row?.querySelector<HTMLElement>('input, button')?.focus({ preventScroll: true })
}
