// Queries to PostgreSQL, over the views of storage/postgres/migrations.
import * as cog from '@grafana/grafana-foundation-sdk/cog';

export const postgresSource = {
  type: 'grafana-postgresql-datasource',
  uid: '${postgres}',
};

// The builders have no query of this data source yet; these are the fields that its editor writes.
interface SqlQuery extends cog.Dataquery {
  refId: string;
  datasource: typeof postgresSource;
  format: 'table' | 'time_series';
  editorMode: 'code';
  rawQuery: true;
  rawSql: string;
}

// The networks that the reader chose; names of networks are letters, digits, "_", "." and "-".
export const ofNetworkSql = "network ~ '^(${network:pipe})$'";

export function sql(rawSql: string, format: 'table' | 'time_series' = 'table') {
  const query: SqlQuery = {
    refId: 'A',
    datasource: postgresSource,
    format,
    editorMode: 'code',
    rawQuery: true,
    rawSql,
    _implementsDataqueryVariant() {},
  };
  return {build: () => query};
}
