import type { Translation } from '../catalogue'
import type { knowledge as source } from '../en/knowledge'

export const knowledge: Translation<typeof source> = {
  'knowledge.title': '知识',
  'knowledge.subtitle': '你对领域的了解，变成模型可用的形式。',
  'knowledge.whatTitle': '什么是知识包',
  'knowledge.what1':
    '知识包记录专家会告诉新人的内容：支持某个类别的词语、起决定作用的规则、含义相同的名称。',
  'knowledge.what2':
    '运行可以带上一个知识包。模型同时从数据和知识包中学习，预测时可以指出依据了哪条知识。',
  'knowledge.what3': '知识包带有版本和哈希，因此每次运行都能说明使用了哪些知识。',
  'knowledge.listTitle': '本工作区的知识包',
  'knowledge.empty': '本工作区还没有知识包。',
  'knowledge.name': '名称',
  'knowledge.version': '版本',
  'knowledge.language': '语言',
  'knowledge.labels': '类别',
  'knowledge.created': '创建时间',
}
