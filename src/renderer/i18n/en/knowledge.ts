/** Texts of the knowledge packs. */
export const knowledge = {
  'knowledge.title': 'Knowledge',
  'knowledge.subtitle': 'What you know of your field, as something a model can use.',
  'knowledge.whatTitle': 'What a knowledge pack is',
  'knowledge.what1':
    'A pack holds what an expert would tell a newcomer: words and phrases that speak for a class, rules that decide, names that mean the same.',
  'knowledge.what2':
    'A run may take a pack along. The model then learns from your rows and from the pack, and a prediction can say which piece of knowledge it rests on.',
  'knowledge.what3':
    'Packs carry a version and a hash, so a run always says which knowledge it was given.',
  'knowledge.listTitle': 'Packs of this workspace',
  'knowledge.empty': 'This workspace holds no packs.',
  'knowledge.name': 'Name',
  'knowledge.version': 'Version',
  'knowledge.language': 'Language',
  'knowledge.labels': 'Classes',
  'knowledge.created': 'Created',
} as const
