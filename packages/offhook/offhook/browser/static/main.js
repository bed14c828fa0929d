/** Starts the page: reads the simulator's state, and joins the views to the call in hand. */

import { alertUser, clearAlert } from "./alerts.js";
import { download, get } from "./api.js";
import { CallInHand } from "./call.js";
import { createCaptions } from "./captions.js";
import { chosenTime, createClockChoice, createRunningClock } from "./clock.js";
import { byId, show } from "./dom.js";
import { createFaults } from "./faults.js";
import { createHistory } from "./history.js";
import { createPad } from "./keypad.js";
import { createLegs } from "./legs.js";
import { createMap } from "./map.js";
import { Prompts } from "./prompts.js";
import { Sound } from "./sound.js";
import { Stream } from "./stream.js";
import { createTalk } from "./talk.js";
import { createTexts } from "./texts.js";
import { createTimeline } from "./timeline.js";
import { playTone } from "./tones.js";
import { createTty } from "./tty.js";
import { Tones } from "./tty-tones.js";

const NOTE_CLOSED = "speech-help-closed";

try {
  start(await get("/api/state"));
} catch (error) {
  alertUser(error.message);
}

function start(state) {
  byId("target").textContent = state.target;
  byId("from").value = state.numbers.from;
  byId("to").value = state.numbers.to;
  createClockChoice(state.now);
  const readFaults = createFaults();
  const views = [];
  const stream = new Stream(state.news);
  const call = new CallInHand(views, stream);
  views.push(...createViews(state, call, stream));
  listenToCallButtons(call, readFaults);
  listenToDownloads(call);
  if (!state.speech) explainSpeech(state.speech_help);
  call.resume(state.calls);
}

/** Captions first: they are what somebody waits for after a key. */
function createViews(state, call, stream) {
  const sound = new Sound();
  const prompts = new Prompts(sound);
  const captions = createCaptions();
  const tones = new Tones(sound, byId("tty-tones"));
  stream.on.sound = (piece) => {
    captions.sounds();
    tones.play(piece);
  };
  const press = (key, leg = "caller") => {
    if (!call.live) return;
    prompts.cutShort(leg);
    playTone(sound, key);
    call.act("keys", { key, leg });
  };
  const say = (words, leg = "caller") => call.act("say", { words, leg });
  return [
    captions,
    tones,
    createTty(state.tty, (text) => call.send("type", { text })),
    prompts,
    createPad(press),
    createTalk(say, (wav) => call.speak(wav), state.recogniser),
    createLegs({
      key: press,
      say,
      leg: (number, status) => call.act("leg", { number, status }),
      party: () => call.act("party"),
      connect: (party) => call.act("connect", { party }),
      hangUp: (leg) => call.act("hangup", { leg }),
    }),
    createCallPanel(),
    createRunningClock(),
    createTimeline(),
    createMap(state.map),
    listenBeside(call, state, stream),
  ];
}

/** The list of calls; it and the list of texts hear of what happens beside the call in hand. */
function listenBeside(call, state, stream) {
  const history = createHistory(state.calls, (id) => trying(() => call.reopen(id)));
  const take = { text: createTexts(state.texts), call: history.add };
  stream.on.news = (record) => take[record.news](record);
  return history;
}

/** The call's own panel: the form before a call, and its summary during one. */
function createCallPanel() {
  const switchTo = (live, place = "") => {
    const [from, to] = live ? ["call", "hang-up"] : ["hang-up", "call"];
    const left = [byId(from), ...(live ? [byId("setup")] : [])];
    const losesFocus = left.some((element) => element.contains(document.activeElement));
    byId("setup").hidden = live;
    byId("call-summary").hidden = !live;
    byId(from).hidden = true;
    byId(to).hidden = false;
    if (losesFocus) byId(place || to).focus();
  };
  const over = () => switchTo(false);
  return {
    begin: (call, live) => {
      byId("call-summary").textContent = `${call.from} calls ${call.to}`;
      byId("save-wav").disabled = false;
      byId("save-scenario").disabled = Boolean(call.tty);
      byId("save-help").hidden = !call.tty;
      switchTo(live, live && call.tty ? "tty-keys" : ""); // on "Hang up" a space would end the call
    },
    on: { ended: over, over },
  };
}

function listenToCallButtons(call, readFaults) {
  byId("call-form").addEventListener("submit", (event) => {
    event.preventDefault();
    trying(() =>
      call.place({
        from: byId("from").value.trim(),
        to: byId("to").value.trim(),
        at: chosenTime(),
        faults: readFaults(),
        patient: byId("patient").checked,
        tty: byId("tty").checked,
      }),
    );
  });
  byId("hang-up").addEventListener("click", () => call.act("hangup", { leg: "caller" }));
  byId("call").disabled = false; // before, the browser would send the form itself and load the page anew
}

function listenToDownloads(call) {
  const save = (file) => trying(() => download(`/api/calls/${call.id}/${file}`, `${call.id}-${file}`));
  byId("save-scenario").addEventListener("click", () => save("scenario.toml"));
  byId("save-wav").addEventListener("click", () => save("call.wav"));
}

/** Shown until it has been closed once. */
function explainSpeech(help) {
  if (localStorage.getItem(NOTE_CLOSED)) return;
  byId("speech-help-text").textContent = help;
  byId("speech-help").hidden = false;
  byId("speech-help-close").addEventListener("click", () => {
    localStorage.setItem(NOTE_CLOSED, "yes");
    show(byId("speech-help"), false, byId("call-heading"));
  });
}

/** Do something that the server or the form may refuse, and show its reason. */
async function trying(act) {
  clearAlert();
  try {
    await act();
  } catch (error) {
    alertUser(error.message);
  }
}
