/** Logs what is being said and done, as it happens. */

import { byId, make } from "./dom.js";
import { clockTime } from "./format.js";
import { keepAtEnd } from "./scrolling.js";
import { EVENTS_IN_WORDS, goingOn, sentence } from "./sentences.js";

/** What appends an event's line to a log. */
export function createLog(element) {
  const toEnd = keepAtEnd(element);
  return (event) => {
    element.append(caption(event));
    toEnd();
  };
}

function caption(event) {
  const { who, kind, text } = sentence(event);
  return make(
    "p",
    { class: `caption ${kind}`, "data-event": event.event },
    make("span", { class: "at" }, clockTime(event.at)),
    " ",
    make("span", { class: "who" }, who),
    " ",
    make("span", { class: "words" }, text),
  );
}

const SOUNDS = "A media stream sends sound.";
const STOPPED = 500; // milliseconds without a piece of sound after which it has stopped

/** The captions of the caller's half of the call, and what goes on now; `sounds()` tells of sound. */
export function createCaptions() {
  const captions = byId("captions");
  const log = createLog(captions);
  const now = byId("now");
  const announce = byId("announce");
  announce.addEventListener("change", () => {
    const live = announce.checked ? "polite" : "off";
    for (const log of [captions, byId("tty-display")]) log.setAttribute("aria-live", live);
  });
  let byTty = false;
  let stopping = 0;
  const tell = (doing, text) => {
    clearTimeout(stopping);
    now.dataset.doing = doing;
    now.textContent = text;
  };
  const sounds = () => {
    if (byTty || now.dataset.doing !== "stream") return; // a TTY has lights that tell who sends
    tell("stream", SOUNDS);
    stopping = setTimeout(() => tell("stream", goingOn({ doing: "stream" })), STOPPED);
  };
  const take = (event) => {
    if ((event.leg ?? "caller") === "caller") log(event);
  };
  return {
    sounds,
    begin: (call, live) => {
      captions.replaceChildren();
      byTty = Boolean(call.tty);
      tell("idle", live ? "The line is being called." : "A call that is over.");
    },
    on: {
      ...Object.fromEntries(EVENTS_IN_WORDS.map((name) => [name, take])),
      passing: (event) => tell(event.doing, goingOn(event)),
      ended: (event) => {
        take(event);
        tell("idle", "The call is over.");
      },
    },
  };
}
