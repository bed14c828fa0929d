/** The display of a TTY: characters as they come, which screen readers hear as whole words. */

import { make } from "./dom.js";

const NAMES = { line: "Line", you: "You" };

export function createDisplay(element) {
  let turn = null; // {by, words, pending}: pending is the word that is not whole yet
  const complete = () => {
    if (!turn?.pending.textContent) return;
    turn.words.append(turn.pending.textContent);
    turn.pending.textContent = "";
  };
  const begin = (by) => {
    complete();
    const words = make("span", {});
    const pending = make("span", { "aria-hidden": "true" });
    const text = make("span", { class: "words" }, words, pending);
    element.append(make("p", { class: `turn ${by}` }, make("span", { class: "who" }, NAMES[by]), " ", text));
    turn = { by, words, pending };
  };
  const addOne = (character) => {
    if (character === "\r") return;
    turn.pending.textContent += character;
    if (character === " " || character === "\n") complete();
  };
  return {
    add(by, text) {
      const along = element.scrollHeight - element.scrollTop - element.clientHeight < element.clientHeight / 2;
      if (turn?.by !== by) begin(by);
      for (const character of text) addOne(character);
      if (along) element.scrollTop = element.scrollHeight;
    },
    pause: complete,
    clear() {
      element.replaceChildren();
      turn = null;
    },
  };
}
