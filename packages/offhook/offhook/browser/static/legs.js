/** Shows every dialled leg: its end of the line, and what somebody there can do. */

import { createLog } from "./captions.js";
import { button, byId, make, show } from "./dom.js";
import { keys } from "./keypad.js";
import { EVENTS_IN_WORDS } from "./sentences.js";

const CALLER = "caller";
const WAITING = /^(queue|conference):/; // a party that is not there yet, whatever is heard meanwhile
const ANSWERS = [
  ["Answer", "answered"],
  ["Busy", "busy"],
  ["No answer", "no-answer"],
  ["Fails", "failed"],
  ["Voicemail", "machine"],
];

/** `deeds`: leg(number, status), party(), connect(party), key(key, leg), say(words, leg), hangUp(leg). */
export function createLegs(deeds) {
  const cards = new Map();
  const heading = byId("legs-heading");
  const panel = byId("legs-panel");
  listenToQueue(deeds);

  const cardOf = (number) => {
    if (!cards.has(number)) {
      cards.set(number, createCard(number, deeds));
      byId("legs").append(cards.get(number).element);
      panel.hidden = false;
    }
    return cards.get(number);
  };
  const passing = (event) => {
    const ringing = event.doing === "ring" ? (event.ringing ?? []) : [];
    const party = event.doing === "talk" && event.party !== CALLER ? event.party : "";
    for (const number of [...ringing, party].filter(Boolean)) cardOf(number);
    for (const [number, card] of cards) card.offer(ringing.includes(number), number === party);
    offerQueue(event.doing !== "talk" && WAITING.test(event.party), cards.size > 0);
  };
  const over = () => {
    for (const card of cards.values()) card.end("");
    offerQueue(false, cards.size > 0);
  };
  const take = (event) => {
    if ((event.leg ?? CALLER) !== CALLER) cardOf(event.leg).hear(event);
  };

  return {
    begin: () => {
      if (panel.contains(document.activeElement)) byId("call-heading").focus();
      cards.clear();
      byId("legs").replaceChildren();
      offerQueue(false, false);
    },
    on: {
      ...Object.fromEntries(EVENTS_IN_WORDS.map((name) => [name, take])),
      passing,
      ringing: (event) => cardOf(event.number).status(`rings, sees ${event.caller_id}`),
      answered: (event) => cardOf(event.number).answer(),
      bridged: (event) => cardOf(event.number).status("talks with the caller"),
      legended: (event) => cardOf(event.number).end(event.status),
      queued: (event) => {
        byId("queue-text").textContent = `The caller waits in ${event.queue}, place ${event.place}.`;
      },
      ended: over,
      over,
    },
  };

  function offerQueue(waiting, hasLegs) {
    panel.hidden = panel.hidden && !waiting;
    show(byId("queue"), waiting, heading);
    if (!waiting && !hasLegs) show(panel, false, byId("call-heading"));
  }
}

function listenToQueue(deeds) {
  byId("queue").addEventListener("submit", (event) => {
    event.preventDefault();
    deeds.connect(byId("agent").value.trim());
  });
}

function createCard(number, deeds) {
  const title = make("h3", { tabindex: "-1" }, number);
  const status = make("p", { "data-testid": "leg-status" });
  const heard = make("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": `What ${number} hears`,
    "data-testid": "leg-captions",
    tabindex: "0",
  });
  const answers = make("div", { class: "row", role: "group", "aria-label": `${number} rings` });
  answers.append(...ANSWERS.map((answer) => answerButton(number, answer, deeds)));
  const talk = button("They hang up", { "data-testid": "leg-hang-up" }, () => deeds.party());
  const phone = createPhone(number, deeds);
  const element = make(
    "article",
    { class: "leg", "data-testid": "leg", "data-number": number },
    title,
    status,
    answers,
    talk,
    heard,
    phone,
  );
  const log = createLog(heard);
  show(answers, false);
  show(talk, false);
  show(phone, false);
  show(heard, false);

  const offer = (rings, talks) => {
    show(answers, rings, title);
    show(talk, talks, title);
    if (talks) show(phone, true);
  };
  return {
    element,
    offer,
    status: (text) => {
      status.textContent = text;
    },
    answer: () => {
      status.textContent = "has picked up";
      show(phone, true);
    },
    hear: (event) => {
      heard.hidden = false;
      log(event);
    },
    end: (why) => {
      if (why) status.textContent = `ended: ${why}`;
      offer(false, false);
      show(phone, false, title);
    },
  };
}

function answerButton(number, [text, status], deeds) {
  const attributes = { "data-testid": `leg-${status}`, "aria-label": `${text}: ${number}` };
  return button(text, attributes, () => deeds.leg(number, status));
}

/** The small phone at that end: keys, words, and the hook. */
function createPhone(number, deeds) {
  const pad = make("div", { class: "pad small", role: "group", "aria-label": `Dial pad of ${number}` });
  pad.append(...keys((key) => deeds.key(key, number), "leg-key", `, ${number}`));
  const words = make("input", {
    "aria-label": `Say as ${number}`,
    autocomplete: "off",
    "data-testid": "leg-say",
  });
  const say = make("button", { "data-testid": "leg-say-button", "aria-label": `Say as ${number}` }, "Say");
  const form = make("form", { class: "row" }, words, say);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim()) deeds.say(words.value.trim(), number);
    words.value = "";
  });
  const hook = { "data-testid": "leg-hook", "aria-label": `Hang up as ${number}` };
  const hangUp = button("Hang up", hook, () => deeds.hangUp(number));
  const summary = make("summary", {}, `Keys and words of ${number}`);
  return make("details", {}, summary, pad, form, hangUp);
}
