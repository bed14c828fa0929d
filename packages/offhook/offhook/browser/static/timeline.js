/** Lists every webhook of the call with what it brought back, and every warning. */

import { byId, make } from "./dom.js";
import { clockTime, counted, length } from "./format.js";
import { readable } from "./twiml.js";

// What is said after these is not their doing.
const BESIDE = ["status", "partial", "transcription", "recording", "media"];
const NO_ANSWER = "none";

export function createTimeline() {
  const rows = byId("timeline-rows");
  let speaking = null; // the row whose document is being spoken
  let webhooks = 0;
  let warnings = 0;

  const count = () => {
    const warned = warnings ? `, ${counted(warnings, "warning")}` : "";
    byId("timeline-count").textContent = counted(webhooks, "webhook") + warned;
  };
  const heard = ({ seconds, leg }) => speaking?.add(seconds, leg ?? "caller");

  return {
    begin: () => {
      rows.replaceChildren();
      byId("timeline").hidden = true;
      speaking = null;
      webhooks = warnings = 0;
      count();
    },
    on: {
      requested: (event) => {
        const row = createRow(event);
        rows.append(row.element);
        byId("timeline").hidden = false;
        if (!BESIDE.includes(event.purpose)) speaking = row;
        webhooks += 1;
        count();
      },
      said: heard,
      played: heard,
      interrupted: (event) => speaking?.cutShort(event.seconds, event.leg ?? "caller"),
      warned: (event) => {
        rows.append(warningRow(event));
        byId("timeline").hidden = false;
        warnings += 1;
        count();
      },
    },
  };
}

function createRow(event) {
  const spoken = make("span", {}, length(0));
  const cells = {
    At: clockTime(event.at),
    Purpose: event.purpose,
    Webhook: make("code", {}, `${event.method} ${event.path}`),
    Status: status(event),
    Took: `${Math.round(event.milliseconds)} ms`,
    "Spoken after it": spoken,
    Content: content(event),
  };
  const element = make("tr", { role: "row", "data-testid": "webhook" });
  for (const [name, value] of Object.entries(cells)) element.append(cell(name, value));
  return { element, ...stopwatch(spoken) };
}

function cell(name, value) {
  const names = { role: "cell", "data-name": name, "data-testid": `webhook-${slug(name)}` };
  return make("td", names, value);
}

const slug = (name) => name.split(" ")[0].toLowerCase();

/** Adds up the seconds that one row's document is spoken, as they were really heard. */
function stopwatch(element) {
  let total = 0;
  const latest = new Map(); // by leg: the seconds that were counted for what it hears
  const add = (seconds, leg) => {
    latest.set(leg, seconds);
    total += seconds;
    element.textContent = length(total);
  };
  const cutShort = (seconds, leg) => {
    const counted = latest.get(leg) ?? seconds;
    add(Math.min(seconds, counted) - counted, leg);
  };
  return { add, cutShort };
}

function status({ status: code, attempt }) {
  const fine = code >= 200 && code < 300;
  const text = (code || NO_ANSWER) + (attempt > 1 ? `, attempt ${attempt}` : "");
  return make("span", fine ? {} : { class: "bad" }, text);
}

function content({ body, form }) {
  const details = make("details", {}, make("summary", {}, "TwiML and form"));
  details.append(make("h3", {}, "TwiML"));
  details.append(make("pre", { tabindex: "0", "data-testid": "twiml" }, readable(body) || "(nothing)"));
  details.append(make("h3", {}, "Form"), parameters(form ?? {}));
  return details;
}

function parameters(form) {
  const list = make("dl", { class: "form", "data-testid": "form" });
  for (const [name, value] of Object.entries(form)) {
    list.append(make("dt", {}, name), make("dd", {}, value));
  }
  return list;
}

function warningRow({ code, message, place, remedy, at }) {
  const title = make("strong", {}, code ? `Warning ${code}` : "Note");
  const where = place ? ` (${place})` : "";
  const text = make("td", { role: "cell", "data-testid": "warning-text", colspan: "6" });
  text.append(title, ` ${message}${where}. `, make("em", {}, remedy));
  const time = cell("At", clockTime(at));
  return make("tr", { role: "row", class: "warning", "data-testid": "warning" }, time, text);
}
