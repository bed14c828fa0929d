/** Tells what went wrong, in a region that screen readers announce at once. */

import { button, byId, make } from "./dom.js";

/** Show a message in place of the one before. */
export function alertUser(message) {
  const close = button("Close", { id: "alert-close" }, clearAlert);
  byId("alert").replaceChildren(make("p", { id: "alert-text" }, message), close);
}

export function clearAlert() {
  const region = byId("alert");
  if (region.contains(document.activeElement)) byId("call-heading").focus();
  region.replaceChildren();
}
