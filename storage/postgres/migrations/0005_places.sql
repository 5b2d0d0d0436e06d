-- Where the vertiports are, for maps. Networks made before this migration have no places.

CREATE TABLE place (
  network_key   BIGINT           NOT NULL REFERENCES network,
  vertiport     TEXT             NOT NULL,
  title         TEXT             NOT NULL,
  latitude_deg  DOUBLE PRECISION NOT NULL,  -- WGS-84; generated networks are nowhere: 0, 0
  longitude_deg DOUBLE PRECISION NOT NULL,
  stands        BIGINT           NOT NULL,
  chargers      BIGINT           NOT NULL,
  pads          BIGINT           NOT NULL,
  PRIMARY KEY (network_key, vertiport)
);

-- One row per vertiport, with its stands that are taken now, by aircraft on their way too.
CREATE VIEW vertiports AS
  SELECT n.id AS network, p.vertiport, p.title, p.latitude_deg, p.longitude_deg, p.stands,
         p.chargers, p.pads,
         (SELECT count(*) FROM booking b
          WHERE b.network_key = p.network_key AND b.kind = 'stand' AND b.resource = p.vertiport
            AND upper_inf(b.during)) AS held
  FROM place p JOIN network n USING (network_key);
