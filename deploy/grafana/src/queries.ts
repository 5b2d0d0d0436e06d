// Queries of panels. Rates are per second over Grafana's $__rate_interval.
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';

export const prometheusSource = {type: 'prometheus', uid: '${datasource}'};

// Selects the networks, or the vertiports, that the reader chose.
export const ofNetwork = 'network=~"$network"';
export const ofVertiport = `${ofNetwork}, vertiport=~"$vertiport"`;

// A line per series over time; `legend` is a template such as "{{state}}".
export function over(expr: string, legend: string) {
  return new prometheus.DataqueryBuilder().expr(expr).legendFormat(legend).range();
}

// The present value of each series.
export function now(expr: string, legend: string) {
  return new prometheus.DataqueryBuilder().expr(expr).legendFormat(legend).instant();
}

// The present values as the rows of a table.
export function rows(expr: string) {
  return new prometheus.DataqueryBuilder()
    .expr(expr)
    .instant()
    .format(prometheus.PromQueryFormat.Table);
}

export function rate(metric: string, by = '') {
  const sum = `sum${by === '' ? '' : ` by (${by}) `}`;
  return `${sum}(rate(${metric}[$__rate_interval]))`;
}

// Share of a whole; 0 where nothing happens.
export function share(part: string, whole: string) {
  return `${part} / clamp_min(${whole}, 1e-9)`;
}

export function quantile(q: number, histogram: string, by = '') {
  const labels = by === '' ? 'le' : `le, ${by}`;
  const [name, selector] = histogram.split('{');
  const bucket = `${name}_bucket${selector === undefined ? '' : `{${selector}`}`;
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${bucket}[$__rate_interval])))`;
}

// The letter by which a panel knows its query.
export function refId(index: number) {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
