/** Lists the calls so far; each can be shown again, silently. */

import { button, byId, make } from "./dom.js";
import { clockTime } from "./format.js";

/** `calls` are those placed before the page was opened; `reopen(id)` shows one again. */
export function createHistory(calls, reopen) {
  const items = new Map();
  let shown = null;

  const item = (call) => {
    if (!items.has(call.id)) items.set(call.id, createItem(call, reopen));
    return items.get(call.id);
  };
  calls.forEach(item);

  return {
    add: item,
    begin: (call) => {
      shown?.mark(false);
      shown = item(call);
      shown.mark(true);
    },
    on: {
      clock: (event) => shown.began(event.now),
      ended: (event) => shown.lasted(event.at),
    },
  };
}

function createItem(call, reopen) {
  const lasted = make("span", { class: "quiet" });
  const begun = make("span", {});
  const began = (at) => {
    begun.textContent ||= at.slice(0, 16).replace("T", " ");
  };
  const names = { "data-testid": "past-call", "data-call": call.id };
  const element = button("", names, () => reopen(call.id));
  element.append(begun, ` · ${call.from} to ${call.to} `, lasted);
  if (call.at) began(call.at); // a call that is placed here for now learns it from its clock
  const set = (seconds) => {
    lasted.textContent = clockTime(seconds);
  };
  if (call.ended) set(call.seconds);
  else lasted.textContent = "goes on";
  byId("history").prepend(make("li", {}, element));
  byId("history-none").hidden = true;
  const mark = (on) => (on ? element.setAttribute("aria-current", "true") : element.removeAttribute("aria-current"));
  return { began, lasted: set, mark };
}
