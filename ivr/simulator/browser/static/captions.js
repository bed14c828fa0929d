/** Logs what is being said and done, as it happens. */

import { byId, make } from "./dom.js";
import { clockTime } from "./format.js";
import { EVENTS_IN_WORDS, goingOn, sentence } from "./sentences.js";

const AT_THE_END = 24; // pixels from the bottom that still count as reading along

/** What appends an event's line to a log, which scrolls along unless the reader scrolled back. */
export function createLog(element) {
  let along = true;
  let top = 0;
  const toEnd = () => {
    if (along) element.scrollTop = element.scrollHeight;
  };
  element.addEventListener("scroll", () => {
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const back = element.scrollTop < top; // a log that only shrank was not scrolled back
    along = below < AT_THE_END || (along && !back);
    top = element.scrollTop;
  });
  new ResizeObserver(toEnd).observe(element);
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

/** The captions of the caller's half of the call, and what goes on now. */
export function createCaptions() {
  const captions = byId("captions");
  const log = createLog(captions);
  const now = byId("now");
  const announce = byId("announce");
  announce.addEventListener("change", () => {
    const live = announce.checked ? "polite" : "off";
    for (const log of [captions, byId("tty-display")]) log.setAttribute("aria-live", live);
  });
  const tell = (doing, text) => {
    now.dataset.doing = doing;
    now.textContent = text;
  };
  const take = (event) => {
    if ((event.leg ?? "caller") === "caller") log(event);
  };
  return {
    begin: (call, live) => {
      captions.replaceChildren();
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
