/** Lets the caller speak: words typed into the box, or the microphone's push-to-talk button. */

import { byId, enable } from "./dom.js";
import { Recording } from "./microphone.js";

const HELD = 400; // milliseconds from which a press is held, and ends the recording when let go
const TYPE_INSTEAD = "Type the words into the Say box instead.";

/** `say(words)` types; `speak(wav)` gives the recognised words or raises Refused. */
export function createTalk(say, speak, recogniser) {
  byId("say-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = byId("say").value.trim();
    if (words) say(words);
    byId("say").value = "";
  });
  const button = new TalkButton(speak);
  if (!recogniser) tell(`The simulator has no speech recogniser. ${TYPE_INSTEAD}`);
  const enableAll = (live) => {
    for (const id of ["say", "say-button"]) enable(byId(id), live, byId("call-heading"));
    enable(byId("microphone"), live && recogniser, byId("call-heading"));
    if (!live) button.drop();
  };
  return {
    begin: (call, live) => enableAll(live),
    on: { ended: () => enableAll(false), over: () => enableAll(false) },
  };
}

const tell = (text) => {
  byId("microphone-status").textContent = text;
};

/** Hold it and speak, or press it once to start and once to stop. */
class TalkButton {
  #speak;
  #recording = null;
  #since = 0;

  constructor(speak) {
    this.#speak = speak;
    const button = byId("microphone");
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      this.#down();
    });
    button.addEventListener("pointerup", () => this.#up());
    button.addEventListener("pointercancel", () => this.#up());
    button.addEventListener("keydown", (event) => this.#onKey(event, () => this.#down()));
    button.addEventListener("keyup", (event) => this.#onKey(event, () => this.#up()));
    button.addEventListener("click", (event) => {
      if (event.detail === 0) this.#down(); // a screen reader's press has no pointer and no key
    });
  }

  /** Forget a recording that nobody listens to any more. */
  drop() {
    this.#take()?.then((recording) => recording?.stop());
  }

  #onKey(event, act) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) act();
  }

  #down() {
    if (this.#recording) {
      this.#send();
      return;
    }
    this.#since = performance.now();
    this.#recording = this.#start();
    byId("microphone").setAttribute("aria-pressed", "true");
  }

  #up() {
    if (this.#recording && performance.now() - this.#since > HELD) this.#send();
  }

  /** The recording once it runs, or null: then the reason has been told. */
  async #start() {
    const recording = new Recording();
    try {
      await recording.start();
      tell("Speak now.");
      return recording;
    } catch (error) {
      this.#take();
      tell(`${whyNoMicrophone(error)} ${TYPE_INSTEAD}`);
      return null;
    }
  }

  async #send() {
    const recording = await this.#take();
    if (!recording) return;
    tell("Listening to what you said …");
    try {
      tell(`Heard: ${await this.#speak(await recording.stop())}`);
    } catch (error) {
      tell(`${error.message} ${TYPE_INSTEAD}`);
    }
  }

  #take() {
    const recording = this.#recording;
    this.#recording = null;
    byId("microphone").setAttribute("aria-pressed", "false");
    return recording;
  }
}

function whyNoMicrophone({ name }) {
  if (name === "NotAllowedError") return "The browser does not allow this page the microphone.";
  if (name === "NotFoundError") return "There is no microphone.";
  return "The microphone can't be used.";
}
