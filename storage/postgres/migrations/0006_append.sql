-- A batch in few statements, each of which is a round trip. Bytes of all rows come as one parameter, each
-- row's at an offset, counted from 1. Answers name the decisions in them from now on, by number and
-- digest, and the journal has the rest: programs that do not know this are kept out.

-- Moves the heads by compare-and-set, and adds records and answers. False: somebody else has moved one.
-- A record's bytes are the hash before it, its own hash and its payload; an answer's are the hash of
-- its request and the answer.
CREATE FUNCTION skein_append(
    bytes BYTEA,
    head_keys BIGINT[], old_sequences BIGINT[], new_sequences BIGINT[], head_offsets INTEGER[],
    keys BIGINT[], sequences BIGINT[], times BIGINT[], kinds INTEGER[], subjects BIGINT[],
    numbers BIGINT[], digests BIGINT[], offsets INTEGER[], sizes INTEGER[],
    answer_keys BIGINT[], methods TEXT[], request_ids TEXT[], answer_offsets INTEGER[],
    body_hash_sizes INTEGER[], answer_sizes INTEGER[])
RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
  moved BIGINT;
BEGIN
  UPDATE network n SET head_sequence = v.new_sequence, head_hash = substr(bytes, v.begins + 32, 32)
    FROM unnest(head_keys, old_sequences, new_sequences, head_offsets)
      AS v (key, old_sequence, new_sequence, begins)
    WHERE n.network_key = v.key AND n.head_sequence = v.old_sequence
      AND n.head_hash = substr(bytes, v.begins, 32);
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(head_keys) THEN
    RETURN false;
  END IF;
  INSERT INTO journal (network_key, sequence, time_ms, kind, subject, number, digest, payload,
                       prev_hash, hash)
    SELECT key, sequence, time_ms, kind, subject, number, digest, substr(bytes, begins + 64, size),
           substr(bytes, begins, 32), substr(bytes, begins + 32, 32)
    FROM unnest(keys, sequences, times, kinds, subjects, numbers, digests, offsets, sizes)
      AS v (key, sequence, time_ms, kind, subject, number, digest, begins, size);
  INSERT INTO response (network_key, method, request_id, body_hash, response)
    SELECT key, method, request_id, substr(bytes, begins, hash_size),
           substr(bytes, begins + hash_size, size)
    FROM unnest(answer_keys, methods, request_ids, answer_offsets, body_hash_sizes, answer_sizes)
      AS v (key, method, request_id, begins, hash_size, size);
  RETURN true;
END $$;

-- As in 0003, with one look at what is held for each new hold.
CREATE OR REPLACE FUNCTION skein_book(networks BIGINT[], kinds TEXT[], resources TEXT[],
                                      capacities BIGINT[], holders TEXT[], times BIGINT[],
                                      takes BOOLEAN[], excursions BOOLEAN[])
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  free INTEGER;
BEGIN
  FOR k IN 1 .. cardinality(networks) LOOP
    IF NOT takes[k] THEN
      UPDATE booking SET during = int8range(lower(during), greatest(times[k], lower(during)))
        WHERE network_key = networks[k] AND kind = kinds[k] AND resource = resources[k]
          AND upper_inf(during) AND holder = holders[k];
      CONTINUE;
    END IF;
    SELECT coalesce(min(place) FILTER (WHERE unit <> place), count(*) + 1) INTO free
      FROM (SELECT unit, row_number() OVER (ORDER BY unit) AS place FROM booking
            WHERE network_key = networks[k] AND kind = kinds[k] AND resource = resources[k]
              AND upper_inf(during)) AS held;
    IF free > capacities[k] AND NOT excursions[k] THEN
      RAISE EXCEPTION '% % is taken: % of %', kinds[k], resources[k], free - 1, capacities[k]
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'booking_unit_once';
    END IF;
    INSERT INTO booking VALUES (networks[k], kinds[k], resources[k], free, capacities[k],
                                holders[k], int8range(times[k], NULL), free > capacities[k]);
  END LOOP;
END $$;

-- Adds bookings and facts, each in their order.
CREATE FUNCTION skein_enter(
    booking_keys BIGINT[], booking_kinds TEXT[], resources TEXT[], capacities BIGINT[],
    holders TEXT[], booking_times BIGINT[], takes BOOLEAN[], excursions BOOLEAN[],
    fact_keys BIGINT[], sequences BIGINT[], fact_times BIGINT[], fact_kinds TEXT[],
    aircraft TEXT[], origins TEXT[], destinations TEXT[], details TEXT[], numbers BIGINT[],
    passengers BIGINT[], energies_wh BIGINT[], cents BIGINT[])
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  PERFORM skein_book(booking_keys, booking_kinds, resources, capacities, holders, booking_times,
                     takes, excursions);
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
