// Does the service keep its promises? For those who run it.
import {Section, build, network, postgres} from './frame';
import {figure, sqlTable, stack, trend} from './panels';
import {ofNetwork, over, quantile, rate} from './queries';

const serverFaults =
  'code=~"DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|DATA_LOSS|RESOURCE_EXHAUSTED|UNKNOWN"';

const glance: Section = {
  title: 'At a glance',
  panels: [
    figure(
      {title: 'Servers up', question: 'Does Prometheus reach the service?', unit: 'short',
       alert: 'SkeinDown'},
      'sum(up{job="skein"})',
      [{from: 1, color: 'green'}],
      'red',
    ),
    figure(
      {title: 'Availability, 1 h', question: 'Which share of the calls did we answer?',
       unit: 'percentunit', alert: 'SkeinErrorBudgetFast'},
      '1 - skein:rpc_fault_ratio:rate1h',
      [{from: 0.999, color: 'green'}],
      'red',
    ),
    figure(
      {title: 'Decisions in time, 1 h',
       question: 'Which share of the decisions was answered within 250 ms?', unit: 'percentunit',
       alert: 'SkeinLatencyBudgetFast'},
      '1 - skein:slow_decision_ratio:rate1h',
      [{from: 0.99, color: 'green'}],
      'red',
    ),
    figure(
      {title: 'Calls in flight', question: 'Is the server saturated?', unit: 'short',
       alert: 'SkeinQueueGrowth'},
      'sum(skein_rpc_in_flight_requests)',
    ),
    figure(
      {title: 'Failed transactions', question: 'Does the store fail?', unit: 'short',
       alert: 'SkeinStoreFailing'},
      'sum(increase(skein_store_commit_failures_total[1h]))',
      [{from: 1, color: 'red'}],
    ),
    figure(
      {title: 'Disk free', question: 'How long will the disk last?', unit: 'percentunit',
       alert: 'SkeinDiskFilling'},
      'min(skein_store_disk_free_bytes / skein_store_disk_size_bytes)',
      [{from: 0.1, color: 'yellow'}, {from: 0.2, color: 'green'}],
      'red',
    ),
  ],
};

const calls: Section = {
  title: 'Calls',
  panels: [
    trend(
      {title: 'Calls per second', question: 'What is called, and how often?', unit: 'reqps'},
      [over(rate('skein_rpc_requests_total', 'method'), '{{method}}')],
    ),
    trend(
      {title: 'Answers that are not OK, per second', question: 'What fails, and how?',
       unit: 'reqps', alert: 'SkeinErrorBudgetFast'},
      [
        over(`${rate('skein_rpc_requests_total{code!="OK"}', 'code')} or vector(0)`, '{{code}}'),
        over(`${rate(`skein_rpc_requests_total{${serverFaults}}`)} or vector(0)`, 'our fault'),
      ],
    ),
    trend(
      {title: 'Calls in flight', question: 'What piles up?', unit: 'short',
       alert: 'SkeinQueueGrowth'},
      [
        over('sum by (method) (skein_rpc_in_flight_requests)', '{{method}}'),
        over(`skein_network_waiting_requests{${ofNetwork}}`, 'network {{network}}'),
      ],
    ),
    trend(
      {title: 'Time of a call, 99 %', question: 'How long do callers wait?', unit: 's'},
      [over(quantile(0.99, 'skein_rpc_duration_seconds{method!~".*Watch.*|.*IngestEvents"}',
                     'method'), '{{method}}')],
    ),
    trend(
      {title: 'Time of a decision', question: 'How long do aircraft wait for their decision?',
       unit: 's', alert: 'SkeinLatencyBudgetFast'},
      [0.5, 0.95, 0.99].map((q) =>
        over(
          quantile(q, 'skein_rpc_duration_seconds{method="DispatchService/RequestDecision"}'),
          `${100 * q} %`,
        ),
      ),
      {from: 0.25, color: 'red'},
    ),
    stack(
      {title: 'Mean time of a decision, by stage', question: 'Where does the time go?', unit: 's'},
      [
        over(
          `${rate('skein_dispatch_duration_seconds_sum{stage!="total"}', 'stage')} / ` +
            `clamp_min(${rate('skein_dispatch_duration_seconds_count{stage!="total"}', 'stage')}, ` +
            '1e-9)',
          '{{stage}}',
        ),
      ],
    ),
  ],
};

const store: Section = {
  title: 'Store',
  panels: [
    trend(
      {title: 'Time of a transaction', question: 'How fast is the store?', unit: 's'},
      [0.5, 0.99].map((q) =>
        over(quantile(q, 'skein_store_duration_seconds{operation="commit"}'), `${100 * q} %`),
      ),
    ),
    trend(
      {title: 'Requests per transaction, and waiting for one', question: 'Does group commit work?',
       unit: 'short'},
      [
        over(
          `${rate('skein_store_commit_requests_sum')} / ` +
            `clamp_min(${rate('skein_store_commit_requests_count')}, 1e-9)`,
          'share a transaction',
        ),
        over('sum(skein_store_waiting_requests)', 'wait'),
      ],
    ),
    trend(
      {title: 'Journal records per second', question: 'Do the networks make progress?',
       unit: 'ops'},
      [over(`sum by (network) (deriv(skein_journal_sequence{${ofNetwork}}[$__rate_interval]))`,
            '{{network}}')],
    ),
    trend(
      {title: 'Networks by state', question: 'Is a network out of action?', unit: 'short',
       alert: 'SkeinNetworkQuarantined'},
      [over('sum by (state) (skein_networks)', '{{state}}')],
    ),
    trend(
      {title: 'Failed transactions per second', question: 'When did the store fail?', unit: 'ops',
       alert: 'SkeinStoreFailing'},
      [over(rate('skein_store_commit_failures_total'), 'failed')],
    ),
    trend(
      {title: 'Disk free', question: 'How fast does the disk fill?', unit: 'bytes',
       alert: 'SkeinDiskFilling'},
      [over('skein_store_disk_free_bytes', '{{instance}}')],
    ),
  ],
};

const processes: Section = {
  title: 'Processes',
  panels: [
    trend(
      {title: 'Processors busy', question: 'Is the processor the bottleneck?', unit: 'short'},
      [over(rate('process_cpu_seconds_total{job="skein"}', 'instance'), '{{instance}}')],
    ),
    trend(
      {title: 'Memory', question: 'Does the memory grow?', unit: 'bytes'},
      [over('process_resident_memory_bytes{job="skein"}', '{{instance}}')],
    ),
    trend(
      {title: 'File descriptors', question: 'Are there too many connections?', unit: 'percentunit',
       alert: 'SkeinFilesExhausted'},
      [
        over(
          'process_open_fds{job="skein"} / process_max_fds{job="skein"}',
          '{{instance}}',
        ),
      ],
      {from: 0.8, color: 'red'},
    ),
    trend(
      {title: 'Clock ahead of Prometheus', question: "Is the server's clock right?", unit: 's',
       alert: 'SkeinClockWrong'},
      [over('skein_clock_seconds - timestamp(skein_clock_seconds)', '{{instance}}')],
    ),
    trend(
      {title: 'Uptime', question: 'Does the server restart again and again?', unit: 's',
       alert: 'SkeinRestarting'},
      [over('time() - process_start_time_seconds{job="skein"}', '{{instance}}')],
    ),
    trend(
      {title: 'Values left out', question: 'Can the other metrics be trusted?', unit: 'short'},
      [over('sum by (instance) (skein_metrics_dropped_values_total)', '{{instance}}')],
    ),
  ],
};

const failover: Section = {
  title: 'Failover (with PostgreSQL)',
  panels: [
    trend(
      {title: 'Who writes', question: 'Does exactly one server write?', unit: 'short',
       alert: 'SkeinNoWriter'},
      [
        over('skein_writer_leads', '{{instance}}'),
        over('sum by (cluster) (skein_writer_leads)', 'all {{cluster}}'),
      ],
    ),
    trend(
      {title: 'Term of the writer', question: 'When did another server take over?', unit: 'none',
       alert: 'SkeinTakeover'},
      [over('max by (cluster) (skein_writer_epoch)', 'term {{cluster}}')],
    ),
    trend(
      {title: 'Records behind the writer', question: 'How far behind is the standby?',
       unit: 'short'},
      [over(`sum by (instance) (skein_journal_lag_records{${ofNetwork}})`, '{{instance}}')],
    ),
    trend(
      {title: 'Lost connections and doubtful transactions, per hour',
       question: 'How stable is the database?', unit: 'short'},
      [
        over(`3600 * ${rate('skein_store_connections_total')}`, 'connections made'),
        over(`3600 * ${rate('skein_store_in_doubt_total', 'resolved')}`, 'in doubt, {{resolved}}'),
      ],
    ),
    sqlTable(
      {title: 'The writer', question: 'Who writes, since when?', unit: 'none'},
      'SELECT epoch, holder, address, batches, began FROM writer',
    ).span(8),
    sqlTable(
      {title: 'Journals', question: 'Where does each network stand?', unit: 'none'},
      'SELECT network, head_sequence, snapshot, head_hash FROM journal_heads ORDER BY network',
    ).span(8),
  ],
};

export const serviceHealth = build({
  uid: 'skein-service-health',
  title: 'Skein: service health',
  description: 'Does the service keep its promises?',
  variables: [postgres(), network()],
  sections: [glance, calls, store, failover, processes],
});
