/** The page's one connection to what happens: browsers allow six to a host, for all tabs together. */

export class Stream {
  #known;
  #source = null;
  /** What is told of texts and calls, of the events of the call that is followed, of its sound. */
  on = { news() {}, call() {}, sound() {} };
  /** Called when the server refuses to go on. */
  broken = () => {};

  /** `known` counts the news that are known already. */
  constructor(known) {
    this.#known = known;
  }

  /** Follow the news, and a call from its start if there is one. */
  follow(id = "") {
    this.#source?.close();
    const query = new URLSearchParams({ after: this.#known, call: id });
    const source = new EventSource(`/api/stream?${query}`);
    for (const [kind, take] of Object.entries(this.on)) {
      source.addEventListener(kind, ({ data }) => take(JSON.parse(data)));
    }
    source.addEventListener("news", () => (this.#known += 1));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) this.broken(); // else the browser tries again
    };
    this.#source = source;
  }
}
