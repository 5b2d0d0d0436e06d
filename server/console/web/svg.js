// Makes an SVG element: svg('circle', {r: 3}, child). Text is always text.
export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(element, properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Sets attributes; undefined takes them away.
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
}

// The part of a circle round (0, 0) from noon clockwise, as the path of a line.
export function arc(radius, share) {
  const part = Math.min(0.9999, Math.max(0, share));
  const angle = 2 * Math.PI * part;
  const [x, y] = [radius * Math.sin(angle), -radius * Math.cos(angle)];
  return `M0,${-radius}A${radius},${radius},0,${part > 0.5 ? 1 : 0},1,` +
      `${x.toFixed(2)},${y.toFixed(2)}`;
}
