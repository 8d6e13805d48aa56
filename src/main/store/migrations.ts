/**
 * Numbered, forward only: the entry at index n brings a database from schema n to n + 1
 * (`PRAGMA user_version`). An entry that was released is never changed.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    description TEXT NOT NULL,
    baseline TEXT REFERENCES runs (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE models (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    family TEXT NOT NULL,
    source TEXT NOT NULL,
    licence TEXT,
    parameters INTEGER NOT NULL,
    hidden_size INTEGER NOT NULL,
    layers INTEGER NOT NULL,
    vocabulary INTEGER NOT NULL,
    max_length INTEGER NOT NULL,
    labels TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    task TEXT NOT NULL,
    labels TEXT NOT NULL,
    roles TEXT NOT NULL,
    side_columns TEXT NOT NULL,
    rows INTEGER NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    files TEXT NOT NULL,
    statistics TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    source TEXT NOT NULL,
    licence TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE packs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    version INTEGER NOT NULL,
    language TEXT NOT NULL,
    labels TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (name, version)
  ) STRICT;

  -- Content-addressed: runs of one recipe share its row.
  CREATE TABLE recipes (
    hash TEXT PRIMARY KEY,
    recipe TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    archived INTEGER NOT NULL DEFAULT 0,
    recipe TEXT NOT NULL REFERENCES recipes (hash) ON DELETE RESTRICT,
    model TEXT NOT NULL REFERENCES models (id) ON DELETE RESTRICT,
    model_name TEXT NOT NULL,
    model_hash TEXT NOT NULL,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE RESTRICT,
    dataset_name TEXT NOT NULL,
    dataset_hash TEXT NOT NULL,
    labels TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'starting', 'running', 'stopping', 'paused',
      'interrupted', 'stopped', 'failed', 'finished')),
    position INTEGER,
    stopping_to TEXT CHECK (stopping_to IN ('paused', 'stopped')),
    error TEXT,
    trainer_pid INTEGER,
    last_seq INTEGER NOT NULL DEFAULT 0,
    metrics TEXT NOT NULL DEFAULT '{}',
    best TEXT,
    steps INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    samples_per_second REAL,
    peak_memory_bytes INTEGER,
    resumable INTEGER NOT NULL DEFAULT 0,
    machine TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    disk_bytes INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'queued') = (position IS NOT NULL)),
    CHECK ((state = 'stopping') = (stopping_to IS NOT NULL)),
    CHECK ((state IN ('interrupted', 'failed')) = (error IS NOT NULL))
  ) STRICT;
  CREATE INDEX runs_project ON runs (project, number);
  CREATE INDEX runs_state ON runs (state);
  CREATE INDEX runs_position ON runs (position) WHERE position IS NOT NULL;
  CREATE INDEX runs_model ON runs (model);
  CREATE INDEX runs_dataset ON runs (dataset);
  CREATE INDEX runs_recipe ON runs (recipe);

  -- The highest number given to a run, so that a deleted run's number never comes again.
  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT;
  INSERT INTO counters (name, value) VALUES ('run', 0);

  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    points INTEGER NOT NULL,
    last_step REAL NOT NULL,
    UNIQUE (run, name)
  ) STRICT;

  -- Level 0: raw points; level n: buckets of 16^n raw points. Columns stand in data one after
  -- another as float64: see blocks.ts.
  CREATE TABLE blocks (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    points INTEGER NOT NULL,
    first_step REAL NOT NULL,
    last_step REAL NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (series, level, position)
  ) STRICT;

  CREATE TABLE evaluations (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    split TEXT NOT NULL CHECK (split IN ('validation', 'test')),
    step INTEGER NOT NULL,
    epoch REAL NOT NULL,
    metrics TEXT NOT NULL,
    confusion TEXT,
    best INTEGER NOT NULL,
    PRIMARY KEY (run, split, step)
  ) STRICT;

  CREATE TABLE examples (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,
    text TEXT NOT NULL,
    label TEXT NOT NULL,
    predicted TEXT NOT NULL,
    probability REAL NOT NULL,
    step INTEGER NOT NULL,
    PRIMARY KEY (run, row)
  ) STRICT;

  CREATE TABLE logs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT;

  CREATE TABLE checkpoints (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    step INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (run, path)
  ) STRICT;

  CREATE TABLE artifacts (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    format TEXT NOT NULL,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    files TEXT NOT NULL,
    largest_difference REAL NOT NULL,
    rows_checked INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX artifacts_run ON artifacts (run);

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    project TEXT REFERENCES projects (id) ON DELETE SET NULL,
    state TEXT NOT NULL,
    progress TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX jobs_created ON jobs (created_at);
  `,
  `
  ALTER TABLE packs ADD COLUMN licence TEXT;
  ALTER TABLE packs ADD COLUMN counts TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE packs ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE UNIQUE INDEX packs_hash ON packs (hash);

  CREATE TABLE ablations (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE RESTRICT,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE RESTRICT,
    dataset_name TEXT NOT NULL,
    pack TEXT NOT NULL REFERENCES packs (id) ON DELETE RESTRICT,
    pack_name TEXT NOT NULL,
    pack_hash TEXT NOT NULL,
    recipe TEXT NOT NULL REFERENCES recipes (hash) ON DELETE RESTRICT,
    labels TEXT NOT NULL,
    arms TEXT NOT NULL,
    seeds INTEGER NOT NULL,
    leave_one_out INTEGER NOT NULL,
    metric TEXT NOT NULL,
    stopped INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ablations_project ON ablations (project, number);
  INSERT INTO counters (name, value) VALUES ('ablation', 0);

  ALTER TABLE runs ADD COLUMN pack TEXT REFERENCES packs (id) ON DELETE RESTRICT;
  ALTER TABLE runs ADD COLUMN pack_name TEXT;
  ALTER TABLE runs ADD COLUMN pack_hash TEXT;
  ALTER TABLE runs ADD COLUMN ablation TEXT REFERENCES ablations (id) ON DELETE SET NULL;
  CREATE INDEX runs_pack ON runs (pack) WHERE pack IS NOT NULL;
  CREATE INDEX runs_ablation ON runs (ablation) WHERE ablation IS NOT NULL;

  -- Which cells of an ablation a run is (arms that ask for the same share one); labels is null
  -- for all there are.
  CREATE TABLE ablation_cells (
    ablation TEXT NOT NULL REFERENCES ablations (id) ON DELETE CASCADE,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    arm TEXT NOT NULL,
    labels INTEGER,
    seed INTEGER NOT NULL,
    PRIMARY KEY (ablation, run, arm)
  ) STRICT;

  ALTER TABLE artifacts ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
  `,
]
