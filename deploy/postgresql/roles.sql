-- The roles of a database for Skein, to be run once by a superuser in that database:
--   SKEIN_OWNER_PASSWORD=… SKEIN_PASSWORD=… GRAFANA_PASSWORD=… psql -d fleet -f roles.sql
\set ON_ERROR_STOP on
\getenv owner_password SKEIN_OWNER_PASSWORD
\getenv password SKEIN_PASSWORD
\getenv grafana_password GRAFANA_PASSWORD

CREATE ROLE skein_owner LOGIN PASSWORD :'owner_password';  -- migrates
CREATE ROLE skein LOGIN PASSWORD :'password';              -- serves, and cannot change the schema
CREATE ROLE grafana LOGIN PASSWORD :'grafana_password';    -- reads what dashboards show
SELECT format('ALTER DATABASE %I OWNER TO skein_owner', current_database()) \gexec
