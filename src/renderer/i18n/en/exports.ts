/** Texts of what is exported of a run. */
export const exports = {
  'exports.new': 'Export the best checkpoint',
  'exports.hf':
    'A Hugging Face folder: configuration with the names of the labels, tokenizer, weights as safetensors and a model card of this run. transformers loads it unchanged.',
  'exports.checked':
    'The exported model is loaded again and must give the run’s own logits on sample rows before the export counts as done.',
  'exports.folder': 'Target folder',
  'exports.folderHelp': 'A new folder; it is only replaced when you say so.',
  'exports.choose': 'Choose…',
  'exports.start': 'Export',
  'exports.startDownload': 'Export for download',
  'exports.failed': 'The export failed',
  'exports.replace': 'Replace {path}',
  'exports.notYet': 'A run can be exported when it has ended with a checkpoint.',
  'exports.done': 'Exported',
  'exports.format.hf': 'Hugging Face folder',
  'exports.show': 'Show in folder',
  'exports.download': 'Download',
  'exports.agrees':
    'Agrees with the run on {rows} rows: the largest difference of a logit is {difference}.',
  'exports.file': 'File',
  'exports.size': 'Size',
  'exports.copy': 'Copy files as TSV',
} as const
