/** The keyboard of a TTY: what is typed into its field is sent at once, letter by letter. */

import { byId } from "./dom.js";
import { createHint } from "./tty-hint.js";

const NO_WAY_BACK = "A TTY can't take a character back: type XXX, then the word again.";
/** Typing and pasting; a TTY sends it after what was sent, wherever the field's caret stands. */
const INSERTING = new Set(["insertText", "insertFromPaste", "insertFromDrop"]);
const TAKING_BACK = /^(delete|history|insertReplacement)/;
const COMPOSING = /Composition/; // told by `compositionend` too, in an order that browsers differ in
const BUTTONS = { "tty-ga": " GA", "tty-sk": " SK", "tty-space": " " };

/** `type(text)` sends text, or raises Refused; returns what is told when a call begins and a turn ends. */
export function createKeys(type) {
  const field = byId("tty-keys");
  const hint = createHint();
  let composing = null; // {before, over}: the field's text, and whether some of it is replaced
  let pieces = []; // of what was sent: {text, typed}, typed once the TTY has taken it
  const sent = () => pieces.map(({ text }) => text).join("");
  const show = () => {
    if (!composing) field.value = sent();
  };
  const keepOnly = (wanted) => {
    pieces = pieces.filter(wanted);
    show();
  };
  const typed = (piece) => {
    piece.typed = true;
    hint.settle();
  };
  const refuse = (refused, { message }) => {
    keepOnly((piece) => piece !== refused);
    hint.refused(message);
  };
  const send = (text) => {
    const piece = { text, typed: false };
    if (text) pieces.push(piece);
    show();
    if (text) type(text).then(() => typed(piece), (refused) => refuse(piece, refused));
  };
  const keep = () => {
    show();
    hint.tell(NO_WAY_BACK);
  };
  const clear = () => keepOnly(() => false);

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
    composing = { before: field.value, over: field.selectionStart !== field.selectionEnd };
  });
  field.addEventListener("compositionend", ({ data }) => {
    const { before, over } = composing;
    composing = null;
    send(over ? data : composed(data, field.value, before));
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
    end: () => keepOnly((piece) => !piece.typed),
  };
}

/** What a field holds behind what it held. */
const added = (value, before) => (value.startsWith(before) ? value.slice(before.length) : "");

/** What is new in composed text: keyboards of phones take a word that was sent up again. */
function composed(data, value, before) {
  const takenUp = value.startsWith(before) && value.length !== before.length + data.length;
  return takenUp ? added(value, before) : data;
}
