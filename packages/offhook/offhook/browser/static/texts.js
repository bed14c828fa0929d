/** Lists the text messages that were sent. */

import { byId, make } from "./dom.js";

/** `texts` are those sent before the page was opened; returns what takes one more. */
export function createTexts(texts) {
  texts.forEach(append);
  return append;
}

function append({ from, to, body }) {
  byId("texts-none").hidden = true;
  const heading = make("p", { class: "quiet" }, `To ${to}, from ${from}`);
  byId("texts").append(make("li", { "data-testid": "text" }, heading, make("p", { class: "text" }, body)));
}
