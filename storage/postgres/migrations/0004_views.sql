-- Views for dashboards. Times are wall time; money is US dollars; energy is kWh.

CREATE FUNCTION skein_wall_time(day_start_unix_ms BIGINT, time_ms BIGINT) RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE AS $$ SELECT to_timestamp((day_start_unix_ms + time_ms) / 1000.0) $$;

-- One row per accepted decision.
CREATE VIEW decisions AS
  SELECT n.id AS network, f.number AS decision, f.time_ms,
         skein_wall_time(n.day_start_unix_ms, f.time_ms) AS decided_at, f.aircraft,
         f.origin AS vertiport, nullif(f.destination, '') AS destination,
         CASE WHEN f.destination = '' THEN 'hold' ELSE 'fly' END AS action, f.detail AS decided_by,
         f.passengers
  FROM fact f JOIN network n USING (network_key)
  WHERE f.kind = 'decision';

-- One row per flight that took off; landed_at is null while it is in the air.
CREATE VIEW flights AS
  SELECT n.id AS network, o.aircraft, o.origin, o.destination, l.destination AS landed_at_vertiport,
         skein_wall_time(n.day_start_unix_ms, o.time_ms) AS took_off_at,
         skein_wall_time(n.day_start_unix_ms, l.time_ms) AS landed_at,
         round((l.time_ms - o.time_ms) / 1000.0, 3) AS duration_s, o.passengers,
         CASE WHEN o.passengers > 0 THEN 'revenue' ELSE 'reposition' END AS kind,
         coalesce(l.detail = 'diverted', false) AS diverted,
         round((o.cents + coalesce(l.cents, 0)) / 100.0, 2) AS profit_usd
  FROM fact o JOIN network n USING (network_key)
  LEFT JOIN LATERAL (
    SELECT * FROM fact l
    WHERE l.network_key = o.network_key AND l.aircraft = o.aircraft AND l.item > o.item
      AND l.kind IN ('took_off', 'landed')
    ORDER BY l.item LIMIT 1) l ON l.kind = 'landed'
  WHERE o.kind = 'took_off';

-- What each hour added to the profit.
CREATE VIEW profit_by_hour AS
  SELECT n.id AS network,
         date_trunc('hour', skein_wall_time(n.day_start_unix_ms, f.time_ms), 'UTC') AS hour,
         round(sum(f.cents) / 100.0, 2) AS profit_usd,
         count(*) FILTER (WHERE f.kind = 'took_off') AS flights,
         sum(f.passengers) FILTER (WHERE f.kind = 'took_off') AS passengers,
         round(coalesce(sum(f.energy_wh) FILTER (WHERE f.kind = 'charged'), 0) / 1000.0, 3) AS energy_kwh
  FROM fact f JOIN network n USING (network_key)
  GROUP BY n.id, hour;

-- How much of its stands each vertiport uses now; stands reserved by aircraft on their way count.
CREATE VIEW stand_use AS
  SELECT n.id AS network, b.resource AS vertiport, max(b.capacity) AS stands,
         count(*) FILTER (WHERE upper_inf(b.during)) AS held,
         count(*) FILTER (WHERE upper_inf(b.during) AND b.excursion) AS excursions
  FROM booking b JOIN network n USING (network_key)
  WHERE b.kind = 'stand'
  GROUP BY n.id, b.resource;

-- Which network stands where, and who writes.
CREATE VIEW journal_heads AS
  SELECT n.id AS network, n.head_sequence, encode(n.head_hash, 'hex') AS head_hash,
         (SELECT max(sequence) FROM snapshot s WHERE s.network_key = n.network_key) AS snapshot
  FROM network n;

CREATE VIEW writer AS
  SELECT epoch, holder, address, batch AS batches, began FROM writer_term WHERE ended IS NULL;
