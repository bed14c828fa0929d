/** Lets prompts be heard, and silences them at once when they are cut short. */

import { byId } from "./dom.js";

/** What one leg hears: prompts after one another; `turn` changes when they are cut short. */
class Channel {
  turn = 0;
  bargeIn = false;
  busyUntil = 0;
  before = Promise.resolve();
  sources = new Set();
}

export class Prompts {
  #sound;
  #channels = new Map();

  constructor(sound) {
    this.#sound = sound;
    this.on = {
      said: (event, fresh) => fresh && this.#play(event, event.barge_in),
      played: (event, fresh) => fresh && this.#play(event, this.#channel(event.leg).bargeIn),
      interrupted: (event) => this.#stop(event.leg),
      legended: (event) => this.#stop(event.number),
      ended: () => this.#stopAll(),
      over: () => this.#stopAll(),
    };
  }

  begin() {
    this.#stopAll();
    this.#channels.clear();
  }

  /** A key goes down: a prompt that a key may cut short stops before the server knows. */
  cutShort(leg) {
    if (this.#channel(leg).bargeIn) this.#stop(leg);
  }

  #channel(leg = "caller") {
    if (!this.#channels.has(leg)) this.#channels.set(leg, new Channel());
    return this.#channels.get(leg);
  }

  #play({ audio, leg }, bargeIn) {
    const channel = this.#channel(leg);
    channel.bargeIn = bargeIn;
    if (!audio) return;
    const { turn } = channel;
    const loaded = this.#load(audio);
    channel.before = channel.before.then(async () => {
      const buffer = await loaded;
      if (buffer && turn === channel.turn) this.#start(channel, buffer);
    });
  }

  /** The decoded sound, or null: a prompt that can't be heard is still to be read. */
  async #load(url) {
    try {
      const response = await fetch(url);
      return await this.#sound.context.decodeAudioData(await response.arrayBuffer());
    } catch {
      return null;
    }
  }

  #start(channel, buffer) {
    const { context, output } = this.#sound;
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(output);
    const from = Math.max(context.currentTime, channel.busyUntil);
    channel.busyUntil = from + buffer.duration;
    channel.sources.add(source);
    source.onended = () => this.#forget(channel, source);
    source.start(from);
    this.#indicate();
  }

  #forget(channel, source) {
    channel.sources.delete(source);
    this.#indicate();
  }

  #stop(leg) {
    const channel = this.#channel(leg);
    channel.turn += 1;
    channel.busyUntil = 0;
    channel.before = Promise.resolve();
    for (const source of channel.sources) source.stop();
    channel.sources.clear();
    this.#indicate();
  }

  #stopAll() {
    for (const leg of this.#channels.keys()) this.#stop(leg);
  }

  #indicate() {
    const sounding = [...this.#channels.values()].some((channel) => channel.sources.size > 0);
    byId("sound").dataset.sounding = sounding;
  }
}
