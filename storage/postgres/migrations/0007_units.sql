-- The writer says which unit a holder gets, so that all bookings of a batch are two statements instead
-- of two each. The constraints of 0003 hold against it as before.

DROP FUNCTION skein_enter(BIGINT[], TEXT[], TEXT[], BIGINT[], TEXT[], BIGINT[], BOOLEAN[], BOOLEAN[],
                          BIGINT[], BIGINT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[],
                          BIGINT[], BIGINT[], BIGINT[], BIGINT[]);
DROP FUNCTION skein_book(BIGINT[], TEXT[], TEXT[], BIGINT[], TEXT[], BIGINT[], BOOLEAN[], BOOLEAN[]);

-- Of the whole name of a unit the constraint compares 64 bits: a tree of five columns, two of them text,
-- took most of the time of a booking. Two units of one hash cannot be held at the same time, which would
-- be a refusal too many (among a million units the chance is below 1 in 10^7), never one too few.
ALTER TABLE booking DROP CONSTRAINT booking_unit_once;
ALTER TABLE booking ADD CONSTRAINT booking_unit_once EXCLUDE USING gist (
  (hashtextextended(resource, hashtextextended(kind, hashint8extended(network_key, unit)))) WITH =,
  during WITH &&);

-- Ends holds of earlier batches, then adds new ones, some of which have ended too, and facts in their
-- order. Plans look rows up by index, however few rows there were when they were made.
CREATE FUNCTION skein_enter(
    left_keys BIGINT[], left_kinds TEXT[], left_resources TEXT[], left_units INTEGER[],
    left_times BIGINT[],
    held_keys BIGINT[], held_kinds TEXT[], held_resources TEXT[], held_units INTEGER[],
    capacities INTEGER[], holders TEXT[], begins BIGINT[], ends BIGINT[], excursions BOOLEAN[],
    fact_keys BIGINT[], sequences BIGINT[], fact_times BIGINT[], fact_kinds TEXT[],
    aircraft TEXT[], origins TEXT[], destinations TEXT[], details TEXT[], numbers BIGINT[],
    passengers BIGINT[], energies_wh BIGINT[], cents BIGINT[])
RETURNS VOID LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  ended BIGINT;
BEGIN
  UPDATE booking b SET during = int8range(lower(b.during), greatest(v.time_ms, lower(b.during)))
    FROM unnest(left_keys, left_kinds, left_resources, left_units, left_times)
      AS v (key, kind, resource, unit, time_ms)
    WHERE b.network_key = v.key AND b.kind = v.kind AND b.resource = v.resource AND b.unit = v.unit
      AND upper_inf(b.during);
  GET DIAGNOSTICS ended = ROW_COUNT;
  IF ended <> cardinality(left_keys) THEN
    RAISE EXCEPTION '% of % holds that end are not held', cardinality(left_keys) - ended,
      cardinality(left_keys) USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO booking (network_key, kind, resource, unit, capacity, holder, during, excursion)
    SELECT key, kind, resource, unit, capacity, holder, int8range(first_ms, end_ms), excursion
    FROM unnest(held_keys, held_kinds, held_resources, held_units, capacities, holders, begins, ends,
                excursions)
      AS v (key, kind, resource, unit, capacity, holder, first_ms, end_ms, excursion);
  INSERT INTO fact (network_key, sequence, time_ms, kind, aircraft, origin, destination, detail,
                    number, passengers, energy_wh, cents)
    SELECT v.key, v.sequence, v.time_ms, v.kind, v.aircraft, v.origin, v.destination, v.detail,
           v.number, v.passengers, v.energy_wh, v.cents
    FROM unnest(fact_keys, sequences, fact_times, fact_kinds, aircraft, origins, destinations,
                details, numbers, passengers, energies_wh, cents)
      WITH ORDINALITY AS v (key, sequence, time_ms, kind, aircraft, origin, destination, detail,
                            number, passengers, energy_wh, cents, place)
    ORDER BY v.place;
END $$;
