/** Puts what happens into the page's words: who, what, and how loud on the page. */

import { counted, length } from "./format.js";

const KINDS = { Line: "line", "(voice)": "note", You: "you", Warns: "warning", "": "note" };

/** What is told among the captions; the other events have places of their own. */
export const EVENTS_IN_WORDS = [
  "said", "played", "waited", "interrupted", "pressed", "keysent", "spoke", "stayedsilent", "unheard",
  "recorded", "ringing", "answered", "bridged", "legended", "queued", "dequeued", "streaming", "texted",
  "warned", "ended",
];

/** Who did what, of an event named in EVENTS_IN_WORDS, as the simulator tells it. */
export function sentence({ who, sentence: text, leg }) {
  const kind = KINDS[who];
  return { who: kind === "you" && leg && leg !== "caller" ? "They" : who, kind, text };
}

const DOINGS = {
  prompt: () => "The line speaks.",
  gather: (e) => `The line waits for ${wanted(e)}${within(e)}.`,
  record: (e) => `The line records${within(e)}.`,
  ring: (e) => `${counted(e.ringing.length, "phone")} ringing${within(e)}.`,
  talk: (e) => `Talking${e.party ? ` with ${e.party}` : ""}.`,
  queue: () => "Waiting in a queue.",
  stream: () => "A media stream holds the call.",
};

/** What goes on now, of a `passing` event. */
export const goingOn = (passing) => DOINGS[passing.doing](passing);

function wanted({ keys, speech }) {
  return [keys && "keys", speech && "words"].filter(Boolean).join(" or ") || "an answer";
}

const within = ({ seconds }) => (seconds == null ? "" : `, up to ${length(seconds)}`);
