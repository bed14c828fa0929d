/** Puts each event into words: who, what, and how loud on the page. */

import { counted, length } from "./format.js";

const line = (text) => ({ who: "Line", kind: "line", text });
const person = ({ leg }, text) => ({ who: leg && leg !== "caller" ? "They" : "You", kind: "you", text });
const note = (text) => ({ who: "", kind: "note", text });

const SENTENCES = {
  said: (e) => (e.voice ? { ...note(e.text), who: "(voice)" } : line(e.text)),
  played: (e) => line(`plays ${e.what}`),
  waited: (e) => note(`pause of ${length(e.seconds)}`),
  interrupted: (e) => note(`cut short after ${length(e.seconds)}`),
  pressed: (e) => person(e, `pressed ${e.keys}`),
  keysent: (e) => person(e, `pressed ${e.key}, sent to the media stream`),
  spoke: (e) => person(e, `said “${e.words}”`),
  stayedsilent: (e) => person(e, `silent for ${length(e.seconds)}`),
  unheard: (e) => person(e, `${e.what} – nothing listened, it is lost`),
  recorded: (e) => note(`recorded ${length(e.seconds)}: ${e.url}`),
  ringing: (e) => note(`${e.number} rings for up to ${length(e.seconds)}, sees ${e.caller_id}`),
  answered: (e) => note(`${e.number} answers`),
  bridged: (e) => note(`talking with ${e.number}`),
  legended: (e) => note(`${e.number}: ${e.status}`),
  queued: (e) => note(`in the queue ${e.queue}, place ${e.place}`),
  dequeued: (e) => note(`out of the queue ${e.queue}: ${e.result}`),
  streaming: (e) => note(`media stream ${e.name} ${e.opened ? "opens" : "closes"}`),
  texted: (e) => note(`text to ${e.to}: ${e.body}`),
  warned: (e) => ({ who: "Warning", kind: "warning", text: e.message }),
  ended: (e) => note(`The call is over: ${e.reason}.`),
};

const DOINGS = {
  prompt: () => "The line speaks.",
  gather: (e) => `The line waits for ${wanted(e)}${within(e)}.`,
  record: (e) => `The line records${within(e)}.`,
  ring: (e) => `${counted(e.ringing.length, "phone")} ringing${within(e)}.`,
  talk: (e) => `Talking${e.party ? ` with ${e.party}` : ""}.`,
  queue: () => "Waiting in a queue.",
  stream: () => "A media stream holds the call.",
};

export const EVENTS_IN_WORDS = Object.keys(SENTENCES);

/** Who did what, of an event named in EVENTS_IN_WORDS. */
export const sentence = (event) => SENTENCES[event.event](event);

/** What goes on now, of a `passing` event. */
export const goingOn = (passing) => DOINGS[passing.doing](passing);

function wanted({ keys, speech }) {
  return [keys && "keys", speech && "words"].filter(Boolean).join(" or ") || "an answer";
}

const within = ({ seconds }) => (seconds == null ? "" : `, up to ${length(seconds)}`);
