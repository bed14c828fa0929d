/** The call in hand: places it, follows its events one by one, and acts on it. */

import { clearAlert, alertUser } from "./alerts.js";
import { get, post, postSound } from "./api.js";

const IN_HAND = "call"; // in the tab's own storage: other tabs have calls of their own

/**
 * Views are told of a call by `begin(call, live)` and of each event by `on[name](event, fresh)`;
 * an event is fresh if it happens now, and not in a call that is shown again.
 */
export class CallInHand {
  #views;
  #stream;
  #deeds = Promise.resolve();
  #heardUntil = -1; // seconds: what happened until then is known
  #last = -1;
  #whole = false; // it was over when it was taken up
  id = null;
  live = false;

  constructor(views, stream) {
    this.#views = views;
    this.#stream = stream;
    stream.on.call = (event) => this.#take(event);
    stream.broken = () => this.#broken();
  }

  /** Place a call and follow it. Raises Refused. */
  async place(request) {
    const { id } = await post("/api/calls", request);
    const call = { ...request, id, seconds: 0, ended: false };
    this.#follow(call, -1);
  }

  /** Show a call from its start; one that still goes on is taken up again. Raises Refused. */
  async reopen(id) {
    const { calls } = await get("/api/state");
    const call = calls.find((known) => known.id === id);
    if (call) this.#follow(call, call.seconds);
  }

  /** Show the call that this tab had in hand before it was loaded again, of those that are kept. */
  resume(calls) {
    const call = calls.find(({ id }) => id === sessionStorage.getItem(IN_HAND));
    if (call) this.#follow(call, call.seconds);
    else this.#stream.follow();
  }

  /** Act on the call; acts reach the server in their order. Raises Refused. */
  send(deed, body = {}) {
    const path = `/api/calls/${this.id}/${deed}`;
    const sent = this.#deeds.then(() => post(path, body));
    this.#deeds = sent.catch(() => {}); // those that follow are sent all the same
    return sent;
  }

  /** Act on the call; refusals are shown. */
  act(deed, body) {
    return this.send(deed, body).then(clearAlert, (refused) => alertUser(refused.message));
  }

  /** Say what was recorded; the words that were recognised. Raises Refused. */
  async speak(wav) {
    return (await postSound(`/api/calls/${this.id}/speech`, wav)).words;
  }

  #follow(call, heardUntil) {
    this.id = call.id;
    sessionStorage.setItem(IN_HAND, call.id);
    this.live = !call.ended;
    this.#whole = call.ended;
    this.#heardUntil = heardUntil;
    this.#last = -1;
    for (const view of this.#views) view.begin?.(call, this.live);
    this.#stream.follow(call.id);
  }

  #take(event) {
    if (event.seq <= this.#last) return; // told again after the connection broke
    this.#last = event.seq;
    if (event.event === "ended" || event.event === "over") this.live = false;
    const fresh = !this.#whole && event.at > this.#heardUntil;
    for (const view of this.#views) view.on[event.event]?.(event, fresh);
  }

  #broken() {
    alertUser("The connection to the simulator was lost. Reload the page: a call that goes on is taken up again.");
    this.live = false;
    for (const view of this.#views) view.on.over?.({ event: "over" }, false);
  }
}
