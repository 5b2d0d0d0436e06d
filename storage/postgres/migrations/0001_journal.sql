-- The journal, its snapshots and the answers given, per network; as in storage/migrations.

CREATE TABLE network (
  network_key       BIGINT  NOT NULL PRIMARY KEY,  -- 1, 2, 3, … in order of creation
  id                TEXT    NOT NULL CONSTRAINT network_id UNIQUE,
  scenario          BYTEA   NOT NULL,
  scenario_hash     BIGINT  NOT NULL,
  rules_version     INTEGER NOT NULL,
  clock             TEXT    NOT NULL CHECK (clock IN ('EXTERNAL', 'SYSTEM')),
  policy            TEXT    NOT NULL,
  policy_seed       BIGINT  NOT NULL,
  auto_dispatch     BOOLEAN NOT NULL,
  day_start_unix_ms BIGINT  NOT NULL,
  -- The newest record of the journal; moved by compare-and-set, so a sequence has no gap or double.
  head_sequence     BIGINT  NOT NULL CHECK (head_sequence >= 0),
  head_hash         BYTEA   NOT NULL CHECK (length(head_hash) = 32)
) WITH (fillfactor = 70);

CREATE TABLE journal (
  network_key BIGINT  NOT NULL REFERENCES network,
  sequence    BIGINT  NOT NULL CHECK (sequence > 0),
  time_ms     BIGINT  NOT NULL,
  kind        INTEGER NOT NULL CHECK (kind >= 0),
  subject     BIGINT,
  number      BIGINT,
  digest      BIGINT,
  payload     BYTEA   NOT NULL,
  prev_hash   BYTEA   NOT NULL CHECK (length(prev_hash) = 32),
  hash        BYTEA   NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (network_key, sequence)
);

-- No decision is recorded twice.
CREATE UNIQUE INDEX journal_by_number ON journal (network_key, kind, number)
  WHERE number IS NOT NULL;

-- Lists of one kind, such as the decisions of an aircraft.
CREATE INDEX journal_by_subject ON journal (network_key, kind, subject, sequence)
  WHERE subject IS NOT NULL;

CREATE TABLE snapshot (
  network_key BIGINT NOT NULL REFERENCES network,
  sequence    BIGINT NOT NULL CHECK (sequence >= 0),
  payload     BYTEA  NOT NULL,
  hash        BYTEA  NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (network_key, sequence)
);

CREATE TABLE response (
  network_key BIGINT NOT NULL REFERENCES network,
  caller      TEXT   NOT NULL DEFAULT '',  -- of an authenticated caller, whose ids are its own
  method      TEXT   NOT NULL,
  request_id  TEXT   NOT NULL CHECK (length(request_id) > 0),
  body_hash   BYTEA  NOT NULL,
  response    BYTEA  NOT NULL,
  PRIMARY KEY (network_key, caller, method, request_id)
);

-- What is written stays as it is.
CREATE FUNCTION skein_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION skein_refuse_change();
