"""The tables of graph.db and their migrations.

Keys are long and repeat, so they are stored once (`entity`) and referred to by id. The views `current_part`,
`current_entity` and `current_relationship` show the current graph to people who open the file in `sqlite3`.

A fact is valid from `from_run`, the first run that read it, until before `to_run`, the run that ended it; `to_run` is
NULL while it is current. Times are milliseconds since 1970. Foreign keys are declared for the reader, not enforced;
the store leaves none dangling.
"""

from __future__ import annotations


def alive(fact: str, run: str = ":run", since: str = "") -> str:
    """The condition that a part or relationship was in the graph after a run; with `since`, at any time since that."""
    return f"{fact}.from_run <= {run} AND ({fact}.to_run IS NULL OR {fact}.to_run > {since or run})"


_FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entity (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)",
    # hash: SHA-256 of the canonical JSON. Most users share their settings, so equal documents are kept once.
    "CREATE TABLE document (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, json TEXT NOT NULL)",
    """CREATE TABLE part (
        entity INTEGER NOT NULL REFERENCES entity (id),
        part TEXT NOT NULL,
        document INTEGER NOT NULL REFERENCES document (id),
        read_at INTEGER NOT NULL,
        read_run INTEGER NOT NULL REFERENCES run (id),
        from_run INTEGER NOT NULL REFERENCES run (id),
        to_run INTEGER REFERENCES run (id),
        PRIMARY KEY (entity, part, from_run)
    ) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX part_now ON part (entity, part) WHERE to_run IS NULL",
    "CREATE TABLE relationship_type (id INTEGER PRIMARY KEY, type TEXT NOT NULL UNIQUE, class TEXT NOT NULL)",
    # The _key of a relationship is made of its class and its ends' keys, so it needs no column.
    """CREATE TABLE relationship (
        type INTEGER NOT NULL REFERENCES relationship_type (id),
        source INTEGER NOT NULL REFERENCES entity (id),
        target INTEGER NOT NULL REFERENCES entity (id),
        seen_run INTEGER NOT NULL REFERENCES run (id),
        from_run INTEGER NOT NULL REFERENCES run (id),
        to_run INTEGER REFERENCES run (id),
        PRIMARY KEY (type, source, target, from_run)
    ) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX relationship_now ON relationship (target, type, source) WHERE to_run IS NULL",
    """CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        exit_code INTEGER,
        tags TEXT NOT NULL
    )""",
    """CREATE TABLE step_result (
        run INTEGER NOT NULL REFERENCES run (id),
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        types TEXT NOT NULL,
        depends_on TEXT NOT NULL,
        status TEXT NOT NULL,
        partial_types TEXT NOT NULL,
        counts TEXT NOT NULL,
        calls INTEGER NOT NULL,
        started_at INTEGER,
        ended_at INTEGER,
        notes TEXT NOT NULL,
        PRIMARY KEY (run, position)
    ) WITHOUT ROWID""",
    """CREATE TABLE coverage (
        run INTEGER NOT NULL REFERENCES run (id),
        position INTEGER NOT NULL,
        step TEXT NOT NULL,
        reading TEXT NOT NULL,
        status TEXT NOT NULL,
        is_set INTEGER NOT NULL,
        read INTEGER NOT NULL,
        vanished INTEGER NOT NULL,
        carried_over INTEGER NOT NULL,
        missing INTEGER NOT NULL,
        oldest INTEGER,
        reason TEXT NOT NULL,
        next_step TEXT NOT NULL,
        scopes TEXT NOT NULL,
        PRIMARY KEY (run, position)
    ) WITHOUT ROWID""",
    """CREATE TABLE unknown_setting (
        run INTEGER NOT NULL REFERENCES run (id),
        path TEXT NOT NULL,
        kind TEXT NOT NULL,
        count INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        PRIMARY KEY (run, path, kind)
    ) WITHOUT ROWID""",
    # Without INDEXED BY, SQLite would read the whole history of each part to find the current row.
    """CREATE VIEW current_part AS
        SELECT entity.key, part.part, document.json, part.read_at, part.read_run, part.from_run
        FROM entity
        JOIN part INDEXED BY part_now ON part.entity = entity.id
        JOIN document ON document.id = part.document
        WHERE part.to_run IS NULL""",
    # An entity exists while its row does; a relationship shows while both its ends exist.
    """CREATE VIEW current_entity AS
        SELECT key, json AS row_json, read_at, read_run, from_run FROM current_part WHERE part = 'row'""",
    """CREATE VIEW current_relationship AS
        SELECT source.key || '|' || lower(relationship_type.class) || '|' || target.key AS key,
            relationship_type.type, relationship_type.class,
            source.key AS source_key, target.key AS target_key,
            relationship.seen_run, relationship.from_run
        FROM relationship
        JOIN relationship_type ON relationship_type.id = relationship.type
        JOIN entity AS source ON source.id = relationship.source
        JOIN entity AS target ON target.id = relationship.target
        JOIN part AS source_row ON source_row.entity = source.id AND source_row.part = 'row'
        JOIN part AS target_row ON target_row.entity = target.id AND target_row.part = 'row'
        WHERE relationship.to_run IS NULL AND source_row.to_run IS NULL AND target_row.to_run IS NULL""",
)

_READINGS = (
    # A session may take several runs: `reading` is its first run, `options` the choice of what to read.
    "ALTER TABLE run ADD COLUMN reading INTEGER REFERENCES run (id)",
    "ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT ''",
    # Whether the run is complete and its tree written, so that the next run starts fresh.
    "ALTER TABLE run ADD COLUMN concluded INTEGER NOT NULL DEFAULT 0",
    "UPDATE run SET reading = id, concluded = 1",
    # The checkpoints of the current session, beyond the ages of the parts; `state` is JSON.
    """CREATE TABLE progress (
        thing TEXT NOT NULL,
        key TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (thing, key)
    ) WITHOUT ROWID""",
)

_UPLOADS = (
    # run: may have been forgotten. place: the integration instance's id, or the scope of source "api". job: NULL until
    # JupiterOne has created it. counts: objects sent by _type. outcome: JupiterOne's counts.
    """CREATE TABLE upload (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        account TEXT NOT NULL,
        source TEXT NOT NULL,
        place TEXT NOT NULL,
        job TEXT,
        state TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        ended_at INTEGER,
        partial_types TEXT NOT NULL,
        counts TEXT NOT NULL DEFAULT '{}',
        outcome TEXT NOT NULL DEFAULT '{}',
        reason TEXT NOT NULL DEFAULT ''
    )""",
)

_HOSTS = (
    # The host of the account's API: two regions may have accounts of the same name. Empty if unknown.
    "ALTER TABLE upload ADD COLUMN host TEXT NOT NULL DEFAULT ''",
)

_UNAVAILABLE = (
    "ALTER TABLE coverage ADD COLUMN unavailable INTEGER NOT NULL DEFAULT 0",
    # The described kind of a setting that was sent as another kind; empty if it is not described.
    "ALTER TABLE unknown_setting ADD COLUMN described TEXT NOT NULL DEFAULT ''",
)

ADDRESS_OF_ROW = (
    "CASE WHEN json_array_length(json, '$.email') = 1 THEN json_extract(json, '$.email[0]')"
    " WHEN json_extract(json, '$.email') IS NOT NULL THEN 0 END"
)
"""The e-mail address in a document; 0 if `email` is no list of one, NULL without it. As in an index: do not change."""

_LOOK_UPS = (
    # From an address to its document, and on to the entity whose row it is or was.
    f"CREATE INDEX document_address ON document ({ADDRESS_OF_ROW})",
    "CREATE INDEX part_row ON part (document) WHERE part = 'row'",
)

_DATA_MODEL = (
    # In which form the run's graph leaves: the current data model's, or the older integration's (`legacy`).
    "ALTER TABLE run ADD COLUMN data_model TEXT NOT NULL DEFAULT 'current'",
)

_ALERTS = (
    # A finding of an alert rule, once for each channel it is for. run, since: the runs compared, which may have been
    # forgotten. key: what it is about, an entity or something else. finding: JSON. sent_at: NULL until the channel
    # has taken the message.
    """CREATE TABLE alert (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        since INTEGER NOT NULL,
        rule TEXT NOT NULL,
        key TEXT NOT NULL,
        finding TEXT NOT NULL,
        channel TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        sent_at INTEGER
    )""",
)

_COVERING = (
    # Queries read what holds now from these indexes alone. SQLite does so only if they have the columns of their own
    # condition, too, and prefers an index that is unique: with `to_run`, which is NULL, neither can be.
    "DROP INDEX part_now",
    "CREATE INDEX part_now ON part (entity, part, document, to_run) WHERE to_run IS NULL",
    "DROP INDEX relationship_now",
    "CREATE INDEX relationship_now ON relationship (target, type, source, to_run) WHERE to_run IS NULL",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _READINGS,
    _UPLOADS,
    _HOSTS,
    _UNAVAILABLE,
    _LOOK_UPS,
    _DATA_MODEL,
    _ALERTS,
    _COVERING,
)
"""The statements from each version of the schema to the next; `PRAGMA user_version` counts those done."""
