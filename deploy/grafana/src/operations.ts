// Is the city running? For the people on duty: fleet, vertiports, passengers, disruptions.
import {Section, build, network, postgres, vertiport} from './frame';
import {figure, map, sqlTable, stack, tableOf, timeline, trend} from './panels';
import {ofNetwork, ofVertiport, over, rate, rows, share} from './queries';
import {ofNetworkSql} from './sql';

const glance: Section = {
  title: 'At a glance',
  panels: [
    figure(
      {title: 'Networks out of action', question: 'Is a network being rebuilt or quarantined?',
       unit: 'short', alert: 'SkeinNetworkQuarantined'},
      'sum(skein_networks{state!="active"})',
      [{from: 1, color: 'red'}],
    ),
    figure(
      {title: 'Aircraft in the air', question: 'How much of the fleet is flying?', unit: 'short'},
      `sum(skein_fleet_aircraft{${ofNetwork}, state=~"en_route|holding|diverting"})`,
    ),
    figure(
      {title: 'Aircraft out of service', question: 'How much of the fleet is missing?',
       unit: 'short'},
      `sum(skein_fleet_aircraft{${ofNetwork}, state="out_of_service"})`,
    ),
    figure(
      {title: 'Stranded aircraft', question: 'Must somebody be sent to an aircraft?',
       unit: 'short', alert: 'SkeinAircraftStranded'},
      `sum(skein_stranded_aircraft{${ofNetwork}})`,
      [{from: 1, color: 'red'}],
    ),
    figure(
      {title: 'Silent aircraft', question: 'From how many aircraft is the telemetry too old?',
       unit: 'short', alert: 'SkeinTelemetryStale'},
      `sum(skein_stale_telemetry_aircraft{${ofNetwork}})`,
      [{from: 1, color: 'yellow'}],
    ),
    figure(
      {title: 'Closures in force', question: 'How much of the network is closed?', unit: 'short'},
      `sum(skein_closures{${ofNetwork}, state="in_force"})`,
      [{from: 1, color: 'yellow'}],
    ),
  ],
};

const fleet: Section = {
  title: 'Fleet',
  panels: [
    stack(
      {title: 'Aircraft by what they do', question: 'What is the fleet doing?', unit: 'short'},
      [over(`sum by (state) (skein_fleet_aircraft{${ofNetwork}, state!="removed"})`, '{{state}}')],
    ),
    trend(
      {title: 'Longest wait for a decision, network time',
       question: 'Does anybody answer the aircraft that are ready?', unit: 's',
       alert: 'SkeinDecisionsNotAsked'},
      [over(`skein_oldest_decision_point_seconds{${ofNetwork}}`, '{{network}}')],
      {from: 300, color: 'red'},
    ),
    trend(
      {title: 'Flights per hour', question: 'How much do we fly, and how much of it empty?',
       unit: 'short'},
      [
        over(`3600 * ${rate(`skein_flights_total{${ofNetwork}}`)}`, 'all'),
        over(`3600 * ${rate(`skein_reposition_flights_total{${ofNetwork}}`)}`, 'without passengers'),
      ],
    ),
  ],
};

const passengers: Section = {
  title: 'Passengers',
  panels: [
    trend(
      {title: 'Waiting passengers', question: 'Is demand piling up?', unit: 'short'},
      [over(`skein_waiting_passengers{${ofNetwork}}`, '{{network}}')],
    ),
    trend(
      {title: 'Passengers per hour', question: 'How much of the demand do we serve?',
       unit: 'short'},
      [
        over(`3600 * ${rate(`skein_passengers_requested_total{${ofNetwork}}`)}`, 'requested'),
        over(`3600 * ${rate(`skein_passengers_total{${ofNetwork}}`, 'outcome')}`, '{{outcome}}'),
      ],
    ),
    trend(
      {title: 'Mean wait for the take-off', question: 'How long do passengers wait?', unit: 's'},
      [
        over(
          share(
            rate(`skein_passenger_wait_seconds_total{${ofNetwork}}`),
            rate(`skein_passengers_waited_total{${ofNetwork}}`),
          ),
          'served passengers',
        ),
      ],
    ),
  ],
};

const useOfVertiports = [
  {title: 'Stands', expr: 'skein_stands', unit: 'short'},
  {title: 'Occupied', expr: 'skein_stands_occupied', unit: 'short'},
  {title: 'Reserved', expr: 'skein_stands_reserved', unit: 'short'},
  {title: 'Chargers', expr: 'skein_chargers', unit: 'short'},
  {title: 'Charging', expr: 'skein_chargers_in_use', unit: 'short'},
  {title: 'Waiting for a charger', expr: 'skein_charger_queue_aircraft', unit: 'short'},
  {title: 'Pads', expr: 'skein_pads', unit: 'short'},
  {title: 'Pads in use', expr: 'skein_pads_in_use', unit: 'short'},
  {title: 'Waiting for take-off', expr: 'skein_pad_queue_aircraft', unit: 'short'},
  {title: 'Waiting passengers', expr: 'skein_vertiport_waiting_passengers', unit: 'short'},
];

const vertiports: Section = {
  title: 'Vertiports',
  panels: [
    tableOf(
      {title: 'Vertiports now', question: 'Where is it full, and what for?', unit: 'short'},
      ['network', 'vertiport'],
      useOfVertiports,
      useOfVertiports.map(({expr}) =>
        rows(`sum by (network, vertiport) (${expr}{${ofVertiport}})`),
      ),
    ),
    trend(
      {title: 'Stands taken', question: 'Which vertiports are full, or will be?',
       unit: 'percentunit'},
      [
        over(
          share(
            `(skein_stands_occupied{${ofVertiport}} + skein_stands_reserved{${ofVertiport}})`,
            `skein_stands{${ofVertiport}}`,
          ),
          '{{network}} {{vertiport}}',
        ),
      ],
      {from: 1, color: 'red'},
    ),
    trend(
      {title: 'Aircraft that wait for a charger', question: 'Where is charging the bottleneck?',
       unit: 'short'},
      [over(`skein_charger_queue_aircraft{${ofVertiport}}`, '{{network}} {{vertiport}}')],
    ),
    trend(
      {title: 'Aircraft that wait for their take-off', question: 'Where are pads the bottleneck?',
       unit: 'short'},
      [over(`skein_pad_queue_aircraft{${ofVertiport}}`, '{{network}} {{vertiport}}')],
    ),
  ],
};

const disruptions: Section = {
  title: 'Disruptions',
  panels: [
    timeline(
      {title: 'Closed vertiports', question: 'Which vertiports are closed, and since when?',
       unit: 'bool'},
      [over(`skein_vertiport_closed{${ofVertiport}}`, '{{network}} {{vertiport}}')],
    ),
    trend(
      {title: 'Closures', question: 'What is closed now and soon?', unit: 'short'},
      [over(`sum by (kind, state) (skein_closures{${ofNetwork}})`, '{{kind}} {{state}}')],
    ),
    trend(
      {title: 'Broken plans per hour', question: 'How often do we divert, cancel or improvise?',
       unit: 'short', alert: 'SkeinExcursions'},
      [
        over(`3600 * ${rate(`skein_disruptions_total{${ofNetwork}}`, 'kind')}`, '{{kind}}'),
        over(`3600 * ${rate('skein_excursions_total')}`, 'excursion'),
      ],
    ),
  ],
};

const database: Section = {
  title: 'From the database (with PostgreSQL)',
  panels: [
    map(
      {title: 'Map', question: 'Where is it full?', unit: 'percentunit'},
      'SELECT title, latitude_deg AS latitude, longitude_deg AS longitude, stands, held, ' +
        `held / greatest(stands, 1)::float AS taken FROM vertiports WHERE ${ofNetworkSql}`,
      'taken',
      [{from: 0.8, color: 'yellow'}, {from: 1, color: 'red'}],
    ),
    sqlTable(
      {title: 'Last flights', question: 'Who flies where?', unit: 'short'},
      'SELECT network, aircraft, origin, destination, took_off_at, landed_at, passengers, ' +
        `diverted FROM flights WHERE ${ofNetworkSql} ORDER BY took_off_at DESC LIMIT 100`,
    ),
  ],
};

export const operations = build({
  uid: 'skein-operations',
  title: 'Skein: operations',
  description: 'Is the city running?',
  variables: [postgres(), network(), vertiport()],
  sections: [glance, fleet, passengers, vertiports, disruptions, database],
});
