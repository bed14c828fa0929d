/** Lets a TTY's tones, and what media streams send, be heard: µ-law at 8 kHz, piece by piece. */

const RATE = 8000;
const AHEAD = 0.2; // seconds by which the first piece waits, so that the next come in time
const BIAS = 0x84; // of µ-law, ITU-T G.711
const FULL = 32_768;

export class Tones {
  #sound;
  #wanted;
  #byTty = false;
  #due = 0;
  on = {};

  /** `wanted` is the checkbox that lets a TTY's tones be heard. */
  constructor(sound, wanted) {
    this.#sound = sound;
    this.#wanted = wanted;
  }

  begin({ tty }) {
    this.#byTty = Boolean(tty);
  }

  /** A piece in base64, behind the one before. */
  play(encoded) {
    if (this.#byTty && !this.#wanted.checked) return;
    const { context, output } = this.#sound;
    if (context.state !== "running") return; // else all would sound late, once it may
    const samples = Float32Array.from(atob(encoded), (byte) => DECODED[byte.charCodeAt(0)]);
    const buffer = context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(output);
    if (this.#due < context.currentTime) this.#due = context.currentTime + AHEAD;
    source.start(this.#due);
    this.#due += buffer.duration;
  }
}

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return (bits & 0x80 ? -magnitude : magnitude) / FULL;
});
