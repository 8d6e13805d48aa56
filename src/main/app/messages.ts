import { app } from 'electron'

/** What the main process says: menus and questions. The pages have a catalogue of their own. */
const english = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  newRun: 'New Run',
  commandPalette: 'Command Palette…',
  projects: 'Projects',
  runs: 'Runs',
  compare: 'Compare',
  open: 'Open',
  cancel: 'Cancel',
  openExternal: 'Open this address in the browser?',
  workGoesOn: 'Work is still going on.',
  workDetail:
    'It can go on without the window, or be paused with a checkpoint and continued later.',
  keepWorking: 'Go On Without Window',
  pauseAndQuit: 'Pause and Quit',
  unsavedEdits: 'A knowledge pack has unsaved edits.',
  unsavedDetail: 'They are lost when the window closes.',
  discard: 'Discard Edits',
  cannotStart: 'Graftbench cannot start',
}

type Messages = Readonly<typeof english>

const chinese: Messages = {
  file: '文件',
  edit: '编辑',
  view: '视图',
  window: '窗口',
  newRun: '新建运行',
  commandPalette: '命令面板…',
  projects: '项目',
  runs: '运行',
  compare: '比较',
  open: '打开',
  cancel: '取消',
  openExternal: '在浏览器中打开此地址？',
  workGoesOn: '仍有任务正在进行。',
  workDetail: '可以关闭窗口让任务继续，也可以保存检查点暂停，以后再继续。',
  keepWorking: '关闭窗口，任务继续',
  pauseAndQuit: '暂停并退出',
  unsavedEdits: '知识包有未保存的修改。',
  unsavedDetail: '关闭窗口后，这些修改将丢失。',
  discard: '放弃修改',
  cannotStart: 'Graftbench 无法启动',
}

/** The texts in the system's language. */
export const messages = (locale: string = app.getLocale()): Messages =>
  locale.toLowerCase().startsWith('zh') ? chinese : english
