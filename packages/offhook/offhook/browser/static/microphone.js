/** Records what is said into the microphone, as a 16 kHz mono WAV. */

const RATE = 16_000;
const HEADER = 44;

/** One recording: `start()`, then `stop()` for the WAV. Both raise what the browser raises. */
export class Recording {
  #recorder;
  #stream;
  #chunks = [];

  async start() {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    this.#recorder = new MediaRecorder(this.#stream);
    this.#recorder.ondataavailable = ({ data }) => this.#chunks.push(data);
    this.#recorder.start();
  }

  async stop() {
    const stopped = new Promise((resolve) => {
      this.#recorder.onstop = resolve;
    });
    this.#recorder.stop();
    await stopped;
    for (const track of this.#stream.getTracks()) track.stop();
    return asWav(await atRate(await new Blob(this.#chunks).arrayBuffer()));
  }
}

/** Decoded and resampled to RATE, one channel. */
async function atRate(encoded) {
  const decoder = new OfflineAudioContext(1, 1, RATE);
  const decoded = await decoder.decodeAudioData(encoded);
  const context = new OfflineAudioContext(1, decoded.length, RATE);
  const source = new AudioBufferSourceNode(context, { buffer: decoded });
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}

/** Samples between -1 and 1 as a 16-bit PCM WAV file. */
function asWav(samples) {
  const view = new DataView(new ArrayBuffer(HEADER + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEADER - 8 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // the length of this chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a sample
  view.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    view.setInt16(HEADER + i * 2, Math.round(clipped * 0x7fff), true);
  });
  return new Blob([view], { type: "audio/wav" });
}
