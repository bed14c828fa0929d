/** The line of text under the TTY's keyboard: how to type, or why something was not sent. */

import { alertUser, clearAlert } from "./alerts.js";
import { byId } from "./dom.js";

const HINT = "Each letter is sent as you type it.";
const READ = 8000; // milliseconds in which somebody who types on has looked up and read why not

export function createHint() {
  const element = byId("tty-hint");
  let since = -Infinity;
  let alerted = false;
  /** Only what is new is told, so that a screen reader does not repeat it. */
  const write = (text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const tell = (text) => {
    since = performance.now();
    write(text);
  };
  const clear = () => {
    since = -Infinity;
    write(HINT);
    if (alerted) clearAlert();
    alerted = false;
  };
  return {
    tell,
    clear,
    /** Text was sent: what was told before goes, once it can have been read. */
    settle: () => {
      if (performance.now() - since > READ) clear();
    },
    /** Text was refused. */
    refused: (message) => {
      tell(message);
      alertUser(message);
      alerted = true;
    },
  };
}
