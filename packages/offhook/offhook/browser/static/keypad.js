/** The dial pad, by pointer and by keyboard. */

import { button, byId, make } from "./dom.js";

const LETTERS = {
  2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ",
};
const NAMES = { "*": "star", "#": "pound" };
const KEYS = [..."123456789*0#"];
const TYPED_INTO = "input:not([type=checkbox]):not([type=radio]):not([type=range]), select, textarea";

/** The twelve keys; `press` gets the key. `testId` names them, `ofWhom` tells pads apart. */
export function keys(press, testId, ofWhom = "") {
  return KEYS.map((key) => {
    const attributes = {
      class: "key",
      "data-key": key,
      "data-testid": `${testId}-${NAMES[key] ?? key}`,
      "aria-label": spokenName(key) + ofWhom,
    };
    const made = button("", attributes, () => press(key));
    made.append(make("span", { class: "digit" }, key));
    if (LETTERS[key]) made.append(" ", make("span", { class: "letters" }, LETTERS[key]));
    return made;
  });
}

/** The caller's pad: enabled while a call goes on. */
export function createPad(press) {
  const made = keys(press, "key");
  const enableAll = (live) => made.forEach((key) => enableKey(key, live));
  byId("pad").append(...made);
  enableAll(false);
  listenToKeyboard(made);
  return {
    begin: (call, live) => enableAll(live),
    on: { ended: () => enableAll(false), over: () => enableAll(false) },
  };
}

/** A key stays focusable when it can't be pressed, so that the focus is never lost. */
function enableKey(key, live) {
  key.setAttribute("aria-disabled", String(!live));
}

function listenToKeyboard(made) {
  document.addEventListener("keydown", (event) => {
    if (!byId("keyboard").checked || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches(TYPED_INTO)) return;
    const key = made.find((one) => one.dataset.key === event.key);
    if (!key) return;
    event.preventDefault();
    key.click();
  });
}

function spokenName(key) {
  return [NAMES[key] ?? key, LETTERS[key]].filter(Boolean).join(" ");
}
