import {h} from '@web/dom.js';

import {DecisionsView} from './decisions.js';
import {FleetView} from './fleet.js';
import {Head} from './head.js';
import {MapView} from './map.js';
import {NetworkClock} from './network_clock.js';
import {closuresPanel, headline, mergeAdvisories, moneyPanel, policyPanel} from './panels.js';
import {Stream, ask} from './stream.js';
import {VertiportsView} from './vertiports.js';
import {idOf, timeOfDay} from './words.js';

const LIST_EVERY_MS = 5000;

// The console: one network at a time, named in the address after "#".
class Console {
  #network = null;  // its id
  #stream = null;
  #connection = {state: 'connecting'};
  #parts = {};  // what the stream told last, by part
  #scenario = null;
  #scheduled = false;
  #commit = null;  // of the server whose page this is

  constructor() {
    this.clock = new NetworkClock();
    this.head = new Head((id) => { location.hash = id; });
    this.headline = headline();
    this.map = new MapView(this.clock);
    this.decisions = new DecisionsView();
    this.fleet = new FleetView((name) => this.#select(name));
    this.vertiports = new VertiportsView((name) => this.map.titleOf(name));
    [this.money, this.policy, this.closures] = [moneyPanel(), policyPanel(), closuresPanel()];
    this.foot = h('footer', {class: 'page-foot'});
    this.nothing = h('section', {class: 'card nothing', hidden: true},
        h('h2', {}, 'No network yet'),
        h('p', {}, 'This server runs, and nobody has made a network on it. This makes one and ' +
            'plays a day against it:'),
        h('pre', {tabindex: '0'}, 'skein drive --scenario metro:sfbay --speed 600'),
        h('p', {}, 'The page follows by itself.'));
    this.figures = h('div', {class: 'figures-grid', hidden: true}, this.headline.element,
        this.map.element, this.decisions.element,
        this.vertiports.element, this.fleet.element,
        h('div', {class: 'side'}, this.closures.element, this.money.element,
            this.policy.element));
    document.getElementById('head').append(this.head.bar);
    document.getElementById('content').append(this.head.banner, this.nothing, this.figures,
        this.foot);
    addEventListener('hashchange', () => this.#list());
    this.#list();
    setInterval(() => this.#tick(), 250);
  }

  // Which networks there are; goes on for ever.
  async #list() {
    clearTimeout(this.timer);
    try {
      const {networks} = await ask('v1/networks');
      const ids = networks.map(({name}) => idOf(name));
      const wanted = decodeURIComponent(location.hash.slice(1));
      const chosen = ids.includes(wanted) ? wanted : ids.at(-1) ?? null;
      this.nothing.hidden = chosen !== null;
      if (chosen !== null || this.#network === null) this.#choose(chosen);
      if (this.#network === null) this.#show({state: 'live'});
      this.head.networks(networks, this.#network);
    } catch {
      if (this.#network === null) this.#show({state: 'lost'});
    }
    this.timer = setTimeout(() => this.#list(), LIST_EVERY_MS);
  }

  #choose(id) {
    if (id === this.#network) return;
    this.#stream?.close();
    this.#network = id;
    this.#parts = {};
    this.#scenario = null;
    this.clock = this.map.clock = new NetworkClock();
    this.map.open(null);
    this.decisions.open(id ?? '');
    this.head.clear();
    this.figures.hidden = true;
    document.title = id === null ? 'Skein console' : `${id} · Skein console`;
    this.#stream = id === null ? null : new Stream(id,
        (part, message) => this.#take(part, message), (state) => this.#show(state));
  }

  #take(part, message) {
    this.#parts[part] = message;
    if (part === 'greeting') this.#greet(message);
    if (part === 'network') this.#scenarioOf(message.network);
    if (part === 'fleet') this.clock.tell(Number(message.fleet.timeMs), this.#clockOffset());
    if (part === 'decisions') this.decisions.show(message.decisions);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not in an animation frame: a page in the background goes on too.
    setTimeout(() => {
      this.#scheduled = false;
      this.#render();
    });
  }

  // A server of another build has another page.
  #greet({version, commit}) {
    if (this.#commit !== null && this.#commit !== commit) location.reload();
    this.#commit = commit;
    this.foot.replaceChildren(h('span', {}, `Skein ${version}`),
        h('span', {}, `commit ${commit.slice(0, 12)}`), h('span', {}, 'read-only'));
  }

  // Network time − this machine's time, of a network that lives by the server's clock.
  #clockOffset() {
    const {network, greeting} = this.#parts;
    if (network?.network.clock !== 'CLOCK_MODE_SYSTEM' || !greeting) return null;
    greeting.ahead ??= Number(greeting.unixMs) - Date.now();
    return greeting.ahead - Number(network.network.dayStartUnixMs);
  }

  async #scenarioOf({name, scenarioHash, state}) {
    if (this.#scenario?.hash === scenarioHash || state !== 'NETWORK_STATE_ACTIVE') return;
    const asked = this.#scenario = {hash: scenarioHash};
    try {
      const {scenario} = await ask(`v1/${name}/scenario`);
      if (this.#scenario !== asked) return;
      Object.assign(asked, scenario);
      this.map.open(scenario);
      this.#render();
    } catch {
      if (this.#scenario === asked) this.#scenario = null;  // the next message asks again
    }
  }

  #select(name) {
    this.selected = name;
    this.#render();
  }

  #show(connection) {
    if (connection.state === 'lost' && this.#connection.state === 'lost') {
      connection.since = this.#connection.since;
    }
    connection.since ??= new Date();
    this.#connection = connection;
    this.#tell();
  }

  // The state of the connection and of the network, in the bar and the banner.
  #tell() {
    const {state, closing, since, why} = this.#connection;
    const network = this.#parts.network?.network;
    const trouble = this.#parts.trouble?.message;
    document.body.classList.toggle('stale', state !== 'live');
    this.head.connection(state === 'live' && trouble ? 'trouble' : state);
    if (state === 'lost') {
      const when = since.toTimeString().slice(0, 8);
      this.head.say(`${closing ? 'The server shut down' : 'The connection was lost'} at ${when}. ` +
          'What you see is from before; trying again …');
    } else if (state === 'refused') {
      this.head.say(`The server refuses: ${why}. Trying again …`);
    } else if (network?.state === 'NETWORK_STATE_QUARANTINED') {
      this.head.say(`This network is out of action: ${network.quarantineReason}`);
    } else if (network?.state === 'NETWORK_STATE_RECOVERING') {
      this.head.say('This network is being rebuilt from its journal …');
    } else {
      this.head.say(trouble ? `The figures are not up to date: ${trouble}` : '');
    }
  }

  #render() {
    const {network, fleet, day, advisories, policy} = this.#parts;
    this.#tell();
    this.figures.hidden = !fleet;
    const time = this.clock.at() ?? 0;
    const merged = mergeAdvisories(advisories?.advisories ?? []);
    this.headline.show({fleet: fleet?.fleet, day, policy});
    this.money.show(day);
    this.policy.show({network: network?.network, policy, day});
    this.closures.show(merged, time);
    if (!fleet) return;
    this.vertiports.show(fleet.fleet.vertiports);
    this.fleet.show(fleet.fleet.aircraft);
    this.map.show({fleet: fleet.fleet, selected: this.selected ?? '',
      closures: merged.filter(({start, end}) => start <= time && time < end)});
  }

  #tick() {
    this.head.tick(this.clock.at(), this.#scenario?.timeZone, this.#clockOffset() === null);
  }
}

new Console();
