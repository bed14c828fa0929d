/** Sounds a key's touch-tone: two sines, as on every telephone (ITU-T Q.23). */

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";
const SECONDS = 0.16;
const FADE = 0.005; // keeps the ends from clicking
const LEVEL = 0.12;

export function playTone(sound, key) {
  const place = KEYS.indexOf(key);
  const { context } = sound;
  const envelope = shaped(context);
  envelope.connect(sound.output);
  for (const frequency of [ROWS[Math.floor(place / 3)], COLUMNS[place % 3]]) {
    const sine = new OscillatorNode(context, { frequency });
    sine.connect(envelope);
    sine.start();
    sine.stop(context.currentTime + SECONDS);
  }
}

function shaped(context) {
  const envelope = new GainNode(context, { gain: 0 });
  const start = context.currentTime;
  envelope.gain.setValueAtTime(0, start);
  envelope.gain.linearRampToValueAtTime(LEVEL, start + FADE);
  envelope.gain.setValueAtTime(LEVEL, start + SECONDS - FADE);
  envelope.gain.linearRampToValueAtTime(0, start + SECONDS);
  return envelope;
}
