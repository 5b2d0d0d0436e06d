-- What the roles of roles.sql may do; to be run by skein_owner after each `skein store migrate`.
\set ON_ERROR_STOP on
BEGIN;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO skein;
GRANT DELETE ON snapshot TO skein;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO skein;
GRANT SELECT ON decisions, flights, profit_by_hour, stand_use, vertiports, journal_heads, writer TO grafana;
COMMIT;
