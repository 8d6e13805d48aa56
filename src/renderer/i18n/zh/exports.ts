import type { Translation } from '../catalogue'
import type { exports as source } from '../en/exports'

export const exports: Translation<typeof source> = {
  'exports.new': '导出最佳检查点',
  'exports.hf':
    'Hugging Face 文件夹：含标签名称的配置、分词器、safetensors 权重以及本运行的模型卡。transformers 可直接载入。',
  'exports.checked':
    '导出的模型会被重新载入，必须在样本行上给出与运行相同的 logits，导出才算完成。',
  'exports.folder': '目标文件夹',
  'exports.folderHelp': '一个新文件夹；只有在您确认后才会被替换。',
  'exports.choose': '选择…',
  'exports.start': '导出',
  'exports.startDownload': '导出并下载',
  'exports.failed': '导出失败',
  'exports.replace': '替换 {path}',
  'exports.notYet': '运行结束且有检查点后才能导出。',
  'exports.done': '已导出',
  'exports.format.hf': 'Hugging Face 文件夹',
  'exports.show': '在文件夹中显示',
  'exports.download': '下载',
  'exports.agrees': '在 {rows} 行上与运行一致：logit 的最大差异为 {difference}。',
  'exports.file': '文件',
  'exports.size': '大小',
  'exports.copy': '将文件列表复制为 TSV',
}
