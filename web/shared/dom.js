// Makes an element: h('p', {class: 'note'}, 'text', child). Properties that are functions listen to
// the event of that name. Text is always text, so names from a scenario cannot become markup.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'style') element.style.cssText = value;  // a strict policy bans the attribute
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// A part of the page: heading, the question it answers, content.
export function section(id, title, question, ...content) {
  return h('section', {id, 'aria-labelledby': `${id}-title`},
      h('header', {class: 'section-head'},
          h('h2', {id: `${id}-title`}, title), h('p', {class: 'question'}, question)),
      ...content.filter((one) => one !== null));
}

// Buttons of which one is pressed; `choose` gets the key of the option.
export function choice(label, options, chosen, choose) {
  const buttons = Object.entries(options).map(([key, text]) => h('button', {
    type: 'button',
    'aria-pressed': String(key === chosen),
    click: (event) => {
      for (const button of buttons) button.setAttribute('aria-pressed', 'false');
      event.currentTarget.setAttribute('aria-pressed', 'true');
      choose(key);
    },
  }, text));
  return h('div', {class: 'choice', role: 'group', 'aria-label': label}, ...buttons);
}

// A drop-down list with its label; `options` are [value, text].
export function select(label, options, chosen, choose) {
  const list = h('select', {change: (event) => choose(event.currentTarget.value)},
      ...options.map(([value, text]) =>
        h('option', {value, selected: value === chosen}, text)));
  return h('label', {class: 'select'}, h('span', {}, label), list);
}

// A colour and what it means.
export function legend(entries) {
  return h('ul', {class: 'legend', 'aria-label': 'Legend'}, ...entries.map(({color, text, shape}) =>
    h('li', {}, h('i', {style: `--swatch: var(${color})`, class: shape}), text)));
}

// A table that scrolls if it must; `rows` are lists of cells. The first column is text, the others
// are numbers.
export function table(caption, columns, rows) {
  return h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
      h('table', {}, h('caption', {class: 'hidden'}, caption),
          h('thead', {}, h('tr', {}, ...columns.map((text, index) =>
            h('th', {scope: 'col', class: index ? 'number' : ''}, text)))),
          h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells)))));
}
