// Where things are on the map.
const EARTH_M = 6_371_000;
const RADIANS = Math.PI / 180;

// Metres east and north of the middle of all vertiports of a scenario: from latitude and longitude
// (equirectangular: enough over a city) or, in generated scenarios, as given.
export function placesOf(vertiports) {
  const geographic = vertiports.some((one) => one.latitudeDeg !== 0 || one.longitudeDeg !== 0);
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const latitude = middle(vertiports.map((one) => one.latitudeDeg));
  const raw = vertiports.map((one) => (geographic ?
    {x: one.longitudeDeg * RADIANS * EARTH_M * Math.cos(latitude * RADIANS),
      y: one.latitudeDeg * RADIANS * EARTH_M} :
    {x: Number(one.xM), y: Number(one.yM)}));
  const [x, y] = [middle(raw.map((one) => one.x)), middle(raw.map((one) => one.y))];
  return new Map(vertiports.map(({name}, k) => [name, {x: raw[k].x - x, y: raw[k].y - y}]));
}

// Pixels of a box for metres, the same scale both ways, north up. Gives {x, y, scale (metres per
// pixel)}.
export function fit(places, width, height, {side, top, bottom}) {
  const reach = (axis) => Math.max(1, ...[...places.values()].map((one) => Math.abs(one[axis])));
  const scale = Math.max(reach('x') / Math.max(1, width / 2 - side),
      reach('y') / Math.max(1, (height - top - bottom) / 2));
  return {
    scale,
    x: (metres) => width / 2 + metres / scale,
    y: (metres) => top + (height - top - bottom) / 2 - metres / scale,
  };
}

// 1, 2 or 5 times a power of ten, at most `value`.
export function roundDown(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].find((step) => step * power <= value) * power;
}

// Puts labels beside their points so that they cover neither each other nor points. `labels` are
// {x, y, width, height}; gives for each {x, y, anchor} or null if there is no room.
export function placeLabels(labels, gap, box) {
  const points = labels.map(({x, y}) => rectangle(x - gap, y - gap, 2 * gap, 2 * gap));
  const taken = [];
  return labels.map((label, index) => {
    for (const {x, y, anchor, area} of candidates(label, gap, box)) {
      const free = inside(area, box) && !taken.some((one) => overlap(one, area)) &&
          !points.some((one, k) => k !== index && overlap(one, area));
      if (!free) continue;
      taken.push(area);
      return {x, y, anchor};
    }
    return null;
  });
}

// The outer side first: there are fewer corridors.
function candidates({x, y, width, height}, gap, box) {
  const right = {x: x + gap, y, anchor: 'start',
    area: rectangle(x + gap, y - height / 2, width, height)};
  const left = {x: x - gap, y, anchor: 'end',
    area: rectangle(x - gap - width, y - height / 2, width, height)};
  const above = {x, y: y - gap - height / 2, anchor: 'middle',
    area: rectangle(x - width / 2, y - gap - height, width, height)};
  const below = {x, y: y + gap + height / 2, anchor: 'middle',
    area: rectangle(x - width / 2, y + gap, width, height)};
  return x < box.width / 2 ? [left, below, above, right] : [right, below, above, left];
}

const rectangle = (x, y, width, height) => ({x, y, width, height});
const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
    b.y < a.y + a.height;
const inside = (area, box) => area.x >= 2 && area.y >= 2 &&
    area.x + area.width <= box.width - 2 && area.y + area.height <= box.height - 2;
