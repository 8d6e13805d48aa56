import type { ModelConfig } from './model-config'

export type NewPooling = 'first' | 'mean' | 'max'

const backbones: Readonly<Record<string, string>> = {
  bert: 'BertModel',
  distilbert: 'DistilBertModel',
  roberta: 'RobertaModel',
}

/**
 * The config of a model whose classifier stands on a pooling that transformers has no class for:
 * it names the encoder, whose weights those are.
 */
export function encoderConfig(config: ModelConfig): ModelConfig {
  const architecture = backbones[config.model_type]
  return architecture === undefined ? config : { ...config, architectures: [architecture] }
}

/** What is different about such a model, for its card and for who exports it. */
export const poolingNote = (pooling: NewPooling): string =>
  `The head pools token vectors by "${pooling}". AutoModelForSequenceClassification of transformers has no such head and would start one afresh: use the encoder and the two tensors classifier.weight and classifier.bias, as README.md shows. Graftbench loads the folder as it is.`

const pools: Readonly<Record<NewPooling, readonly string[]>> = {
  first: ['pooled = tokens[:, 0]'],
  mean: [
    'mask = inputs["attention_mask"].unsqueeze(-1)',
    'pooled = (tokens * mask).sum(1) / mask.sum(1)',
  ],
  max: [
    'mask = inputs["attention_mask"].unsqueeze(-1)',
    'pooled = tokens.masked_fill(mask == 0, float("-inf")).amax(1)',
  ],
}

/** Python that applies pooling and classifier to what the encoder gives. */
export const pooledUsage = (pooling: NewPooling): string =>
  [
    '```python',
    'import torch',
    'from safetensors.torch import load_file',
    'from transformers import AutoModel, AutoTokenizer',
    '',
    'folder = "path/to/this/folder"',
    'tokenizer = AutoTokenizer.from_pretrained(folder)',
    'encoder = AutoModel.from_pretrained(folder)',
    'head = load_file(f"{folder}/model.safetensors")',
    '',
    'texts = ["A text of your own."]',
    'inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")',
    'with torch.no_grad():',
    '    tokens = encoder(**inputs).last_hidden_state',
    ...pools[pooling].map((statement) => `    ${statement}`),
    '    logits = pooled @ head["classifier.weight"].T + head["classifier.bias"]',
    'print(logits)',
    '```',
  ].join('\n')
