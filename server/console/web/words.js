// What the API's values are called, and how they look.

// What an aircraft can be seen doing, in the order of the pictures; `brief` is for tables.
export const DOINGS = [
  {key: 'flying', text: 'Flying with passengers', brief: 'Flying', color: '--flying', air: true},
  {key: 'empty', text: 'Flying empty', brief: 'Flying empty', color: '--empty', air: true},
  {key: 'holding', text: 'Holding in the air', brief: 'Holding', color: '--holding', air: true},
  {key: 'diverting', text: 'Diverting', brief: 'Diverting', color: '--out', air: true},
  {key: 'departing', text: 'Waiting for take-off', brief: 'Departing', color: '--departing'},
  {key: 'turnaround', text: 'Turnaround', brief: 'Turnaround', color: '--turnaround'},
  {key: 'charging', text: 'Charging', brief: 'Charging', color: '--charging'},
  {key: 'ready', text: 'Ready', brief: 'Ready', color: '--parked'},
  {key: 'blocking', text: 'Blocking a pad', brief: 'Blocks a pad', color: '--out'},
  {key: 'out', text: 'Out of service', brief: 'Out of service', color: '--out'},
];
export const DOING = Object.fromEntries(DOINGS.map((one) => [one.key, one]));

const PHASES = {READY: 'ready', TURNAROUND: 'turnaround', COMMITTED: 'departing',
  EN_ROUTE: 'flying', HOLDING: 'holding', DIVERTING: 'diverting', BLOCKING_PAD: 'blocking',
  OUT_OF_SERVICE: 'out'};

// The key of what an AircraftStatus does.
export function doingOf({phase, passengers, charging}) {
  const key = PHASES[phase.replace('AIRCRAFT_PHASE_', '')];
  if (key === 'flying' && passengers === 0) return 'empty';
  if (charging && (key === 'ready' || key === 'turnaround')) return 'charging';
  return key;
}

export const FALLBACKS = {
  DEADLINE: 'the policy was late',
  NON_FINITE: 'the policy gave a number that is not finite',
  REFUSED: 'the guard refused the policy’s choice',
  UNAVAILABLE: 'the policy failed or could not be reached',
};
// Why the fallback rule answered; undefined if it did not.
export const fallbackOf = ({fallbackReason}) =>
  FALLBACKS[fallbackReason.replace('FALLBACK_REASON_', '')];

// What an Advisory closes.
export function closureText({kind, vertiport, corridorEnd, bothDirections, count}) {
  const some = (what) => `${count} ${what}${count === 1 ? '' : 's'} at ${vertiport}`;
  switch (kind) {
    case 'ADVISORY_KIND_CORRIDOR_CLOSED':
      return `Corridor ${vertiport} ${bothDirections === false ? '→' : '–'} ${corridorEnd}`;
    case 'ADVISORY_KIND_PADS_CLOSED': return some('pad');
    case 'ADVISORY_KIND_CHARGERS_CLOSED': return some('charger');
    default: return vertiport;
  }
}

const DAY_MS = 86_400_000;
const two = (value) => String(value).padStart(2, '0');

// "14:05:09" of a network time in milliseconds; "14:05" without seconds.
export function timeOfDay(ms, seconds = true) {
  const all = Math.floor(((ms % DAY_MS) + DAY_MS) % DAY_MS / 1000);
  const text = `${two(Math.floor(all / 3600))}:${two(Math.floor(all / 60) % 60)}`;
  return seconds ? `${text}:${two(all % 60)}` : text;
}

// The local day of a network time, the first one is 1.
export const dayNumber = (ms) => Math.floor(ms / DAY_MS) + 1;

// The last part of a resource name.
export const idOf = (name) => name.slice(name.indexOf('/') + 1);
