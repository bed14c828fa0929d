/** The display of a TTY: characters as they come, which screen readers hear as whole words. */

import { make } from "./dom.js";
import { keepAtEnd } from "./scrolling.js";

const NAMES = { line: "Line", you: "You" };
const SPACES = "(space bar)"; // which would look as if nothing had been sent

export function createDisplay(element) {
  const toEnd = keepAtEnd(element);
  let turn = null; // {by, words, pending}: pending is the word that is not whole yet
  const complete = () => {
    if (!turn?.pending.textContent) return;
    turn.words.append(turn.pending.textContent);
    turn.pending.textContent = "";
  };
  const begin = (by) => {
    const words = make("span", {});
    const pending = make("span", { "aria-hidden": "true" });
    const text = make("span", { class: "words" }, words, pending);
    element.append(make("p", { class: `turn ${by}` }, make("span", { class: "who" }, NAMES[by]), " ", text));
    turn = { by, words, pending };
  };
  const addOne = (character) => {
    const first = turn.words.textContent + turn.pending.textContent === "";
    if (character === "\r" || (first && character === "\n")) return; // a turn is on a line of its own
    turn.pending.textContent += character;
    if (character === " " || character === "\n") complete();
  };
  const end = () => {
    complete();
    if (turn && /^ +$/.test(turn.words.textContent)) turn.words.textContent = SPACES;
    turn = null;
    toEnd();
  };
  return {
    add(by, text) {
      if (turn?.by !== by) {
        end();
        begin(by);
      }
      for (const character of text) addOne(character);
      toEnd();
    },
    end,
    clear() {
      element.replaceChildren();
      turn = null;
    },
  };
}
