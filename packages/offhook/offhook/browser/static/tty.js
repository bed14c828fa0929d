/** The TTY of a call: its display, its keyboard, and whose carrier is there. */

import { byId, enable, show } from "./dom.js";
import { createDisplay } from "./tty-display.js";
import { createKeys } from "./tty-keys.js";

const LIGHTS = {
  line: "The line sends.",
  you: "You send.",
  quiet: "Nobody sends.",
  over: "The call is over.",
};

/** `type(text)` sends text, or raises Refused; `offered` says whether calls by TTY can be placed, and are by default. */
export function createTty(offered, type) {
  offer(offered);
  const display = createDisplay(byId("tty-display"));
  const keys = createKeys(type);
  const sending = new Set();
  const light = (name) => {
    byId("tty-light").textContent = LIGHTS[name];
    byId("tty-light").dataset.light = name;
  };
  const over = () => {
    display.end();
    enableAll(false);
    light("over");
  };
  return {
    begin: (call, live) => {
      show(byId("tty-panel"), Boolean(call.tty), byId("call-heading"));
      display.clear();
      keys.begin();
      sending.clear();
      light(live ? "quiet" : "over");
      enableAll(live && Boolean(call.tty));
    },
    on: {
      letters: ({ by, text }) => {
        display.add(by, text);
        if (by === "you") return;
        keys.end(); // it is the line's turn
        takeStrayFocus();
      },
      typed: display.end,
      keysent: display.end,
      light: ({ by, on }) => {
        if (on) sending.add(by);
        else sending.delete(by);
        light(["you", "line"].find((name) => sending.has(name)) ?? "quiet");
      },
      ended: over,
      over,
    },
  };
}

function offer({ can, help, wanted }) {
  byId("tty").disabled = !can;
  byId("tty").checked = can && wanted;
  byId("tty-help").hidden = can;
  byId("tty-help").textContent = can ? "" : help;
}

/** The focus lies on a heading when what had it is gone, such as a leg that was acted on. */
function takeStrayFocus() {
  if (document.activeElement.matches("h2, h3")) byId("tty-keys").focus();
}

function enableAll(live) {
  for (const id of ["tty-keys", "tty-ga", "tty-sk", "tty-space", "tty-return"]) {
    enable(byId(id), live, byId("call-heading"));
  }
}
