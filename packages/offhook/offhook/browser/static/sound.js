/** The page's one way to the loudspeaker: an audio context behind a volume. */

import { byId } from "./dom.js";

const FULL = 100;

export class Sound {
  #context = null;
  #gain = null;

  constructor() {
    for (const id of ["volume", "mute"]) byId(id).addEventListener("input", () => this.#adjust());
    document.addEventListener("click", () => this.context, { once: true }); // allowed to sound only after it
  }

  /** The context; it runs once somebody has pressed something. */
  get context() {
    if (!this.#context) this.#open();
    if (this.#context.state === "suspended") this.#context.resume();
    return this.#context;
  }

  /** Where sources are connected to. */
  get output() {
    return this.context && this.#gain;
  }

  #open() {
    this.#context = new AudioContext();
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#adjust();
  }

  #adjust() {
    if (!this.#gain) return;
    this.#gain.gain.value = byId("mute").checked ? 0 : byId("volume").value / FULL;
  }
}
