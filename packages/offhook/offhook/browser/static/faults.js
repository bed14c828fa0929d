/** Collects the faults that are to befall the next call. */

import { alertUser, clearAlert } from "./alerts.js";
import { button, byId, make, show } from "./dom.js";

const KINDS = [
  { kind: "drop", text: "The app does not answer" },
  { kind: "slow", text: "The app answers late", seconds: true },
  { kind: "500", text: "The app answers with HTTP 500" },
  { kind: "twice", text: "The webhook is sent twice" },
  { kind: "bad-xml", text: "The TwiML is broken" },
  { kind: "hangup", text: "The caller hangs up", event: true },
];

/** Set the form up; the function that is returned reads the chosen faults. */
export function createFaults() {
  const select = byId("fault-kind");
  select.append(...KINDS.map(({ kind, text }) => make("option", { value: kind }, text)));
  select.addEventListener("change", () => fitFields(chosenKind()));
  byId("fault-add").addEventListener("click", add);
  return () => [...byId("faults").children].map((item) => item.dataset.fault);
}

const chosenKind = () => KINDS.find(({ kind }) => kind === byId("fault-kind").value);

function fitFields({ seconds, event }) {
  byId("fault-number-label").textContent = event ? "At event" : "At webhook (* = all)";
  show(byId("fault-seconds-field"), Boolean(seconds));
}

function add() {
  const kind = chosenKind();
  const number = byId("fault-number").value.trim();
  const seconds = byId("fault-seconds").value.trim();
  const wrong = whatIsWrong(kind, number, seconds);
  if (wrong) {
    alertUser(wrong);
    return;
  }
  clearAlert();
  const parts = kind.seconds ? [kind.kind, number, seconds] : [kind.kind, number];
  byId("faults").append(listed(parts.join(":"), kind));
}

function whatIsWrong(kind, number, seconds) {
  const isNumber = /^[1-9]\d*$/.test(number);
  if (kind.event && !isNumber) return "Say at which event: a whole number from 1.";
  if (!isNumber && number !== "*") return "Say at which webhook: a whole number from 1, or * for all.";
  if (kind.seconds && !(Number(seconds) > 0)) return "Say how late, in seconds.";
  return "";
}

function listed(fault, { text }) {
  const item = make("li", { "data-fault": fault, "data-testid": "fault" });
  const remove = button("Remove", { "aria-label": `Remove ${fault}` }, () => {
    item.remove();
    byId("fault-add").focus();
  });
  item.append(make("span", {}, make("code", {}, fault), ` ${text}`), remove);
  return item;
}
