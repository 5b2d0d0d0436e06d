-- What SQL sees of a network: who holds what, and what happened. Written by the server in the
-- transaction of the journal records from which it follows; never read back by it.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Something that can be held: an aircraft by one flight, a vertiport's stands by so many aircraft.
-- Each holder has a unit of its own, and no two have one unit at one time: a double booking cannot be
-- committed, whatever the program says.
CREATE TABLE booking (
  network_key BIGINT    NOT NULL REFERENCES network,
  kind        TEXT      NOT NULL,
  resource    TEXT      NOT NULL,
  unit        INTEGER   NOT NULL CHECK (unit > 0),
  capacity    INTEGER   NOT NULL CHECK (capacity >= 0),
  holder      TEXT      NOT NULL,
  during      INT8RANGE NOT NULL,  -- network time, milliseconds; open at the end: held now
  excursion   BOOLEAN   NOT NULL,  -- the outside world took more than there is
  CHECK (excursion OR unit <= capacity),
  CONSTRAINT booking_unit_once
    EXCLUDE USING gist (network_key WITH =, kind WITH =, resource WITH =, unit WITH =, during WITH &&)
);
CREATE UNIQUE INDEX booking_held ON booking (network_key, kind, resource, unit)
  WHERE upper_inf(during);

CREATE TABLE fact (
  network_key BIGINT NOT NULL REFERENCES network,
  sequence    BIGINT NOT NULL,  -- of the last journal record when it happened
  item        BIGINT GENERATED ALWAYS AS IDENTITY,
  time_ms     BIGINT NOT NULL,  -- network time
  kind        TEXT   NOT NULL,
  aircraft    TEXT   NOT NULL,
  origin      TEXT   NOT NULL,
  destination TEXT   NOT NULL,
  detail      TEXT   NOT NULL,
  number      BIGINT,
  passengers  BIGINT NOT NULL,
  energy_wh   BIGINT NOT NULL,
  cents       BIGINT NOT NULL,  -- what it adds to the profit
  PRIMARY KEY (network_key, item)
);
CREATE INDEX fact_by_time ON fact (network_key, kind, time_ms);
CREATE INDEX fact_by_aircraft ON fact (network_key, aircraft, item)
  WHERE kind IN ('took_off', 'landed');

-- Applies bookings in their order: an end of the holder's hold, or a new one on the lowest free unit.
CREATE FUNCTION skein_book(networks BIGINT[], kinds TEXT[], resources TEXT[], capacities BIGINT[],
                           holders TEXT[], times BIGINT[], takes BOOLEAN[], excursions BOOLEAN[])
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  free INTEGER;
BEGIN
  FOR k IN 1 .. coalesce(array_length(networks, 1), 0) LOOP
    IF NOT takes[k] THEN
      UPDATE booking SET during = int8range(lower(during), greatest(times[k], lower(during)))
        WHERE network_key = networks[k] AND kind = kinds[k] AND resource = resources[k]
          AND upper_inf(during) AND holder = holders[k];
      CONTINUE;
    END IF;
    SELECT coalesce(min(candidate), 1) INTO free FROM (
        SELECT 1 AS candidate
        UNION ALL
        SELECT unit + 1 FROM booking
          WHERE network_key = networks[k] AND kind = kinds[k] AND resource = resources[k]
            AND upper_inf(during)) AS candidates
      WHERE NOT EXISTS (SELECT FROM booking
          WHERE network_key = networks[k] AND kind = kinds[k] AND resource = resources[k]
            AND upper_inf(during) AND unit = candidate);
    IF free > capacities[k] AND NOT excursions[k] THEN
      RAISE EXCEPTION '% % is taken: % of %', kinds[k], resources[k], free - 1, capacities[k]
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'booking_unit_once';
    END IF;
    INSERT INTO booking VALUES (networks[k], kinds[k], resources[k], free, capacities[k],
                                holders[k], int8range(times[k], NULL), free > capacities[k]);
  END LOOP;
END $$;
