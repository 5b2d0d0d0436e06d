// Numbers as people read them, each with its unit.
const number = (digits) => new Intl.NumberFormat('en-US', {
  minimumFractionDigits: digits, maximumFractionDigits: digits});
const formats = [number(0), number(1), number(2), number(3)];

export function fixed(value, digits = 0) {
  const text = formats[digits].format(value);
  return text.replace(/^-(?=[0.]*$)/, '').replace('-', '−');  // no "-0"
}
export const usd = (value) => (value < 0 ? '−' : '') + '$' + fixed(Math.abs(value));
export const signedUsd = (value) => (value > 0 ? '+' : '') + usd(value);
export const percent = (share, digits = 0) => `${fixed(share * 100, digits)} %`;
export const minutes = (seconds) => `${fixed(seconds / 60, 1)} min`;

// A time that ranges from microseconds to seconds.
export function shortTime(seconds) {
  if (seconds === 0) return '0';
  if (seconds < 1e-6) return `${fixed(seconds * 1e9)} ns`;
  if (seconds < 1e-3) return `${fixed(seconds * 1e6, seconds < 1e-5 ? 1 : 0)} µs`;
  if (seconds < 1) return `${fixed(seconds * 1e3, seconds < 1e-2 ? 1 : 0)} ms`;
  return `${fixed(seconds, 1)} s`;
}

// "14:05" of a network time in seconds.
export function clock(seconds) {
  const all = Math.floor(seconds / 60);
  const two = (value) => String(value).padStart(2, '0');
  return `${two(Math.floor(all / 60) % 24)}:${two(all % 60)}`;
}

export const plural = (count, one, many = `${one}s`) =>
  `${fixed(count)} ${count === 1 ? one : many}`;

// The day with this index; seeds may be larger than what a number holds exactly.
export const seedOf = ({firstSeed}, day) => `Seed ${BigInt(firstSeed) + BigInt(day)}`;
