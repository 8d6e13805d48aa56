/*
 * Widgets that know no domain. They take data and callbacks, style themselves with the tokens of
 * styles/tokens.css and name themselves in both languages.
 *
 *   Button            variant primary | secondary | ghost | danger; size m | s; icon; href makes a link
 *   IconButton        icon + label (read aloud, shown on hover); pressed; shortcut
 *   Field             label, help, error, unit, hint; its snippet gets { id, describedBy, invalid }
 *   TextInput         bind:value; icon; mono      NumberInput   value + onchange, 5e-5 and arrow keys
 *   Select            options { value, label, hint }; bind:value or onchange
 *   Checkbox Switch   checked + onchange          Segmented     one of few      Tabs
 *   ChoiceMap         words, each with what it is mapped to
 *   Menu              items; three dots, or any button that spreads `props`
 *   Tooltip           text; snippet gets `props`
 *   Dialog            bind:open, title, actions   ConfirmDialog says what disappears; typed name
 *   NumberDialog      asks for one number, says what it comes to or why it cannot be
 *   Page              title, subtitle, back, actions; fill where the content scrolls itself
 *   SidePanel         details beside the content
 *   DataTable         virtual rows, sort, column choice, keyboard, TSV      CodeEditor   YAML
 *   CommandPalette    groups of commands
 *   Progress          spread a job's progress over it       Skeleton   EmptyState   ErrorNote
 *   Badge StateBadge Kbd RelativeTime FileDrop Toaster
 *
 *   format            formatBytes, formatDuration, formatMetric(name, value), formatDelta, …
 *   toasts            toasts.show(text, action?), toasts.fail(error)
 *   clipboard         copyText, copyTsv        clock  now()       theme  theme()
 *   keys              isShortcut(event, 'Mod+K'), isTyping(event)
 */
export { default as Badge } from './Badge.svelte'
export { default as Button } from './Button.svelte'
export { default as Checkbox } from './Checkbox.svelte'
export { default as ChoiceMap } from './ChoiceMap.svelte'
export { default as CodeEditor } from './CodeEditor.svelte'
export { default as CommandPalette } from './CommandPalette.svelte'
export { default as ConfirmDialog } from './ConfirmDialog.svelte'
export { default as DataTable } from './DataTable.svelte'
export { default as Dialog } from './Dialog.svelte'
export { default as EmptyState } from './EmptyState.svelte'
export { default as ErrorNote } from './ErrorNote.svelte'
export { default as Facts } from './Facts.svelte'
export { default as Field } from './Field.svelte'
export { default as FileDrop } from './FileDrop.svelte'
export { default as IconButton } from './IconButton.svelte'
export { default as Kbd } from './Kbd.svelte'
export { default as Menu } from './Menu.svelte'
export { default as NumberDialog } from './NumberDialog.svelte'
export { default as NumberInput } from './NumberInput.svelte'
export { default as Page } from './Page.svelte'
export { default as Progress } from './Progress.svelte'
export { default as RelativeTime } from './RelativeTime.svelte'
export { default as Segmented } from './Segmented.svelte'
export { default as Select } from './Select.svelte'
export { default as SidePanel } from './SidePanel.svelte'
export { default as Skeleton } from './Skeleton.svelte'
export { default as StateBadge } from './StateBadge.svelte'
export { default as Switch } from './Switch.svelte'
export { default as Tabs } from './Tabs.svelte'
export { default as TextInput } from './TextInput.svelte'
export { default as Toaster } from './Toaster.svelte'
export { default as Tooltip } from './Tooltip.svelte'
export { copyText, copyTsv, toTsv } from './clipboard'
export { now } from './clock'
export * from './format'
export { droppedFiles } from './drop'
export { isShortcut, isTyping } from './keys'
export type { Column, Sort } from './table'
export { setThemeChoice, startTheme, theme, themeChoice, type ThemeChoice } from './theme'
export { toasts } from './toasts.svelte'
export type { MenuItem } from './menu'
export type { PaletteCommand, PaletteGroup } from './palette'
export type { SelectOption } from './select'
