// The connection to the server: a stream of events about one network, opened again when it breaks.
const PARTS = ['greeting', 'trouble', 'network', 'fleet', 'day', 'advisories', 'decisions',
  'policy'];
const FIRST_RETRY_MS = 1000;
const MOST_RETRY_MS = 10_000;

export class Stream {
  #source = null;
  #timer = 0;
  #retry = FIRST_RETRY_MS;
  #closing = false;  // the server said that it closes

  // `take(part, message)` gets what the server tells, `show({state, why})` how the connection is:
  // 'connecting', 'live', 'lost' or 'refused' (the server answers, but with no stream).
  constructor(network, take, show) {
    Object.assign(this, {network, take, show});
    this.show({state: 'connecting'});
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    const source = new EventSource(`v1/networks/${encodeURIComponent(this.network)}/stream`);
    this.#source = source;
    source.addEventListener('open', () => {
      this.#retry = FIRST_RETRY_MS;
      this.#closing = false;
      this.show({state: 'live'});
    });
    for (const part of PARTS)
      source.addEventListener(part, ({data}) => this.take(part, JSON.parse(data)));
    source.addEventListener('closing', () => { this.#closing = true; });
    source.addEventListener('error', () => this.#failed(source));
  }

  // The browser tries again by itself unless the server has answered something else.
  async #failed(source) {
    if (source !== this.#source) return;
    this.show({state: 'lost', closing: this.#closing});
    if (source.readyState !== EventSource.CLOSED) return;
    const why = await reasonOf(`v1/networks/${encodeURIComponent(this.network)}/stream`);
    if (source !== this.#source) return;
    if (why) this.show({state: 'refused', why});
    this.#timer = setTimeout(() => this.#open(), this.#retry);
    this.#retry = Math.min(MOST_RETRY_MS, 2 * this.#retry);
  }
}

// What the server says instead of a stream; undefined if it says nothing or has one now.
async function reasonOf(address) {
  const stop = new AbortController();
  try {
    const answer = await fetch(address, {signal: stop.signal});
    if (!answer.ok) return (await answer.text()).trim();
  } catch {
    // Nobody is there.
  } finally {
    stop.abort();
  }
  return undefined;
}

// A message of the server as JSON. Throws an Error with what it says if it refuses.
export async function ask(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}
