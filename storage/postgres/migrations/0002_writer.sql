-- Who may write. One row per reign; the row of the present one is locked and moved by every batch,
-- so that a writer that was succeeded can never commit again.

CREATE TABLE writer_term (
  epoch    BIGINT      NOT NULL PRIMARY KEY CHECK (epoch > 0),
  holder   TEXT        NOT NULL,            -- the process, for people
  address  TEXT        NOT NULL,            -- where clients reach it
  lease_ms BIGINT      NOT NULL CHECK (lease_ms > 0),
  batch    BIGINT      NOT NULL DEFAULT 0,  -- batches of this reign; tells an in-doubt one's fate
  beat     BIGINT      NOT NULL DEFAULT 0,  -- signs of life
  began    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  ended    TIMESTAMPTZ
) WITH (fillfactor = 50);

-- At most one reign lasts.
CREATE UNIQUE INDEX writer_term_present ON writer_term ((true)) WHERE ended IS NULL;
