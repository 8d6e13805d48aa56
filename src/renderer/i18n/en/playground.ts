/** Texts of the playground. */
export const playground = {
  'playground.title': 'Playground',
  'playground.text': 'Text',
  'playground.first': 'First text',
  'playground.second': 'Second text',
  'playground.placeholder': 'Type or paste a text; the answer follows as you type.',
  'playground.predictor': 'Who answers',
  'playground.add': 'Add a second answer beside this one',
  'playground.remove': 'Remove',
  'playground.loading': 'Loading the model; the first answer takes a few seconds.',
  'playground.nothing': 'The answer appears here.',
  'playground.disagree': 'Answers differ',
  'playground.logit': 'Logit {value}',
  'playground.tokens': 'Tokens: {n}',
  'playground.took': '{ms} ms',
  'playground.truncated':
    'The text is longer than the model reads: only its first {n} tokens count.',
  'playground.file': 'Predict a file',
  'playground.fileText':
    'CSV, TSV or JSONL with the columns of the training data. The result has logits, probabilities and the label of each row.',
  'playground.fileWith': 'Choose a file for {name}',
  'playground.fileDone': '{rows} rows predicted in {time}.',
  'playground.badRows': 'Rows left out: {n}.',
  'playground.badRow': 'Row {row}: {reason}',
  'playground.show': 'Show in folder',
  'playground.download': 'Download',
  'playground.tables': 'Tables',
  'playground.empty.title': 'Nothing can answer yet',
  'playground.empty.text':
    'The playground asks runs that have a checkpoint, and models of the library that are fine-tuned already.',
  'playground.empty.run': 'Start a run',
} as const
