/** The keyboard of a TTY: what is typed into its field is sent at once, letter by letter. */

import { byId } from "./dom.js";
import { createHint } from "./tty-hint.js";

const NO_WAY_BACK = "A TTY can't take a character back: type XXX, then the word again.";
/** Typing and pasting; a TTY sends it after what was sent, wherever the field's caret stands. */
const INSERTING = new Set(["insertText", "insertFromPaste", "insertFromDrop"]);
const TAKING_BACK = /^(delete|history|insertReplacement)/;
const COMPOSING = /Composition/; // told by `compositionend` too, in an order that browsers differ in
const BUTTONS = { "tty-ga": " GA", "tty-sk": " SK", "tty-space": " " };

/** `type(text)` sends text, or raises Refused; returns what clears the field. */
export function createKeys(type) {
  const field = byId("tty-keys");
  const hint = createHint();
  let composing = false;
  let over = false; // what is composed replaces something that was selected
  let pieces = []; // of what was sent: {text}
  const sent = () => pieces.map(({ text }) => text).join("");
  const show = () => {
    if (!composing) field.value = sent();
  };
  const drop = (unwanted) => {
    pieces = pieces.filter((piece) => piece !== unwanted);
    show();
  };
  const send = (text) => {
    const piece = { text };
    if (text) pieces.push(piece);
    show();
    if (text) type(text).then(hint.settle, hint.refused).then((refused) => refused && drop(piece));
  };
  const keep = () => {
    show();
    hint.tell(NO_WAY_BACK);
  };
  const clear = () => {
    pieces = [];
    show();
  };

  field.addEventListener("beforeinput", (event) => {
    if (event.isComposing || !TAKING_BACK.test(event.inputType)) return;
    event.preventDefault();
    keep();
  });
  field.addEventListener("input", ({ isComposing, inputType, data }) => {
    if (isComposing) return;
    if (INSERTING.has(inputType)) send(data ?? added(field.value, sent()));
    else if (COMPOSING.test(inputType)) show();
    else keep(); // a browser that asks nobody before it deletes
  });
  field.addEventListener("compositionstart", () => {
    composing = true;
    over = field.selectionStart !== field.selectionEnd;
  });
  field.addEventListener("compositionend", ({ data }) => {
    composing = false;
    send(over ? data : composed(data, field.value, sent()));
  });
  byId("tty-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send("\n");
    clear();
    field.focus();
  });
  for (const [id, text] of Object.entries(BUTTONS)) {
    byId(id).addEventListener("click", () => {
      send(text);
      field.focus(); // letters that follow are for the line, not for the button or the dial pad
    });
  }
  return {
    begin: () => {
      clear();
      hint.clear();
    },
  };
}

/** What a field holds behind what was sent. */
const added = (value, sent) => (value.startsWith(sent) ? value.slice(sent.length) : "");

/** What is new in composed text: keyboards of phones take a word that was sent up again. */
function composed(data, value, sent) {
  const takenUp = value.startsWith(sent) && value.length !== sent.length + data.length;
  return takenUp ? added(value, sent) : data;
}
