/** The keyboard of a TTY: what is typed into its field is sent at once, letter by letter. */

import { byId } from "./dom.js";

const HINT = "Each letter is sent as you type it.";
const NO_WAY_BACK = "A TTY can't take a character back: type XXX, then the word again.";
/** Typing and pasting; a TTY sends it after what was sent, wherever the field's caret stands. */
const INSERTING = new Set(["insertText", "insertFromPaste", "insertFromDrop"]);
const BUTTONS = { "tty-ga": " GA", "tty-sk": " SK", "tty-space": " " };

/** `type(text)` sends text; returns what clears the field. */
export function createKeys(type) {
  const field = byId("tty-keys");
  let sent = "";
  const send = (value) => {
    const text = value.slice(sent.length);
    sent = value;
    tell(HINT);
    if (text) type(text);
  };
  const clear = () => {
    field.value = sent = "";
    tell(HINT);
  };
  const append = (text) => {
    field.value = sent + text;
    send(field.value);
  };
  const take = (inserted) => {
    const { value } = field;
    const follows = value.startsWith(sent) && value.length > sent.length;
    if (inserted && !follows) {
      append(inserted); // even what looks as before: a key over its own letter, selected
    } else if (follows || value === sent) {
      send(value);
    } else {
      field.value = sent;
      tell(NO_WAY_BACK);
    }
  };
  field.addEventListener("input", (event) => {
    if (!event.isComposing) take(INSERTING.has(event.inputType) ? event.data : "");
  });
  field.addEventListener("compositionend", () => take(""));
  byId("tty-form").addEventListener("submit", (event) => {
    event.preventDefault();
    clear();
    type("\n");
    field.focus();
  });
  for (const [id, text] of Object.entries(BUTTONS)) {
    byId(id).addEventListener("click", () => {
      append(text);
      field.focus(); // letters that follow are for the line, not for the button or the dial pad
    });
  }
  return { clear };
}

/** Only what is new is told, so that a screen reader does not repeat it. */
function tell(text) {
  const hint = byId("tty-hint");
  if (hint.textContent !== text) hint.textContent = text;
}
