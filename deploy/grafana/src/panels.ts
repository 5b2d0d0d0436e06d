// Panels as all dashboards use them: the same look, and no panel without a unit or a description.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as geomap from '@grafana/grafana-foundation-sdk/geomap';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import {now, prometheusSource, refId} from './queries';
import {postgresSource, sql} from './sql';

type Query = cog.Builder<cog.Dataquery>;

export interface Text {
  title: string;
  // The question that the panel answers.
  question: string;
  // An id of @grafana/data, such as "percentunit".
  unit: string;
  // The alert whose runbook says what to do.
  alert?: string;
}

export interface Step {
  from: number;
  color: 'yellow' | 'red' | 'green';
}

// Where the runbooks are published is a variable of each dashboard.
function runbook(alert: string) {
  return new dashboard.DashboardLinkBuilder(`Runbook ${alert}`)
    .type(dashboard.DashboardLinkType.Link)
    .url('${runbooks}/' + alert + '.md')
    .targetBlank(true);
}

function thresholds(base: string, steps: Step[]) {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([
      {value: null, color: base},
      ...steps.map(({from, color}) => ({value: from, color})),
    ]);
}

// Eight seconds at a glance: the present value of one expression.
export function figure(text: Text, expr: string, steps: Step[] = [], base = 'green') {
  const panel = new stat.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(prometheusSource)
    .unit(text.unit)
    .withTarget(now(expr, text.title))
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .thresholds(thresholds(steps.length === 0 ? 'text' : base, steps))
    .noValue('no data')
    .height(4)
    .span(4);
  return text.alert === undefined ? panel : panel.links([runbook(text.alert)]);
}

// Lines over time. `limit` draws a threshold.
export function trend(text: Text, queries: Query[], limit?: Step) {
  const panel = new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(prometheusSource)
    .unit(text.unit)
    .targets(queries)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
    .height(8)
    .span(8);
  if (limit !== undefined) {
    panel
      .thresholds(thresholds('green', [limit]))
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
      );
  }
  return text.alert === undefined ? panel : panel.links([runbook(text.alert)]);
}

// Lines that add up to a whole.
export function stack(text: Text, queries: Query[]) {
  return trend(text, queries)
    .fillOpacity(40)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
}

// When something was so: 1 is shown in red.
export function timeline(text: Text, queries: Query[]) {
  return new statetimeline.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(prometheusSource)
    .unit(text.unit)
    .targets(queries)
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .colorScheme(
      new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds),
    )
    .thresholds(thresholds('green', [{from: 1, color: 'red'}]))
    .height(8)
    .span(8);
}

export interface Column {
  title: string;
  unit: string;
}

// One row per value of `key`; the columns are the queries "A", "B", … in their order.
export function tableOf(text: Text, key: string[], columns: Column[], queries: Query[]) {
  const names: Record<string, string> = {};
  columns.forEach((column, k) => (names[`Value #${refId(k)}`] = column.title));
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(prometheusSource)
    .unit(text.unit)
    .targets(queries)
    .withTransformation({id: 'merge', options: {}})
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {Time: true},
        indexByName: Object.fromEntries(key.map((name, k) => [name, k])),
        renameByName: names,
      },
    })
    .height(10)
    .span(24);
  for (const column of columns) {
    panel.overrideByName(column.title, [{id: 'unit', value: column.unit}]);
  }
  return panel;
}

// The rows of a query to PostgreSQL.
export function sqlTable(text: Text, rawSql: string, columns: Column[] = []) {
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(postgresSource)
    .unit(text.unit)
    .withTarget(sql(rawSql))
    .height(10)
    .span(12);
  for (const column of columns) {
    panel.overrideByName(column.title, [{id: 'unit', value: column.unit}]);
  }
  return panel;
}

// Lines over time from PostgreSQL; the query's first column is the time.
export function sqlTrend(text: Text, rawSql: string) {
  return trend(text, [sql(rawSql, 'time_series')])
    .datasource(postgresSource)
    .drawStyle(common.GraphDrawStyle.Bars)
    .height(10)
    .span(12);
}

// A circle per row with latitude and longitude, coloured by the column `shown`.
export function map(text: Text, rawSql: string, shown: string, steps: Step[]) {
  return new geomap.PanelBuilder()
    .title(text.title)
    .description(text.question)
    .datasource(postgresSource)
    .unit(text.unit)
    .withTarget(sql(rawSql))
    .thresholds(thresholds('green', steps))
    .view(new geomap.MapViewConfigBuilder().id('fit').allLayers(true).padding(10))
    .basemap(new common.MapLayerOptionsBuilder().type('default').name('Map'))
    .layers([
      new common.MapLayerOptionsBuilder()
        .type('markers')
        .name('Vertiports')
        .location(
          new common.FrameGeometrySourceBuilder()
            .mode(common.FrameGeometrySourceMode.Coords)
            .latitude('latitude')
            .longitude('longitude'),
        )
        .config({
          showLegend: true,
          style: {
            color: {field: shown, fixed: 'dark-green'},
            size: {fixed: 10, min: 4, max: 16},
            text: {field: 'title', fixed: '', mode: 'field'},
            opacity: 0.7,
          },
        })
        .tooltip(true),
    ])
    .tooltip(new geomap.TooltipOptionsBuilder().mode(geomap.TooltipMode.Details))
    .height(12)
    .span(12);
}
