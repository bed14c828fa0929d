/** Chooses the call's clock before the call, and shows it running during the call. */

import { byId, button } from "./dom.js";
import { clockTime, offsetMinutes, offsetOf, wallClock } from "./format.js";

const DAY = 86_400_000;
const TICK = 1000;
const SUNDAY = 0;
const MONDAY = 1;
const PRESETS = [
  ["Sunday 3 a.m.", "preset-sunday-night", SUNDAY, "03:00:00"],
  ["Monday 10 a.m.", "preset-monday-morning", MONDAY, "10:00:00"],
  ["Monday 6:59 p.m.", "preset-monday-evening", MONDAY, "18:59:00"],
];

/** The choice of a clock; `now` is the server's time, whose offset is offered. */
export function createClockChoice(now) {
  const local = byId("at-local");
  const offset = byId("at-offset");
  offset.value = offsetOf(now);
  local.value = wallClock(new Date(now), offset.value).toISOString().slice(0, 19);
  const choose = () => {
    byId("when-at").checked = true;
  };
  const presets = PRESETS.map(([text, id, weekday, time]) =>
    button(text, { id }, () => {
      local.value = `${nextDay(wallClock(new Date(now), offsetOf(now)), weekday)}T${time}`;
      choose();
    }),
  );
  byId("presets").append(...presets);
  for (const field of [local, offset]) field.addEventListener("input", choose);
}

/** The chosen time as ISO with its offset; null for now. Raises Error with what to mend. */
export function chosenTime() {
  if (byId("when-now").checked) return null;
  const local = byId("at-local").value;
  const offset = byId("at-offset").value.trim();
  if (!local) throw new Error("Choose the date and time of the call's clock.");
  if (!/^[+-]\d\d:\d\d$/.test(offset)) throw new Error("Write the UTC offset as -06:00.");
  return `${local.length === 16 ? `${local}:00` : local}${offset}`;
}

/** The call's clock, set by `clock` events and running between them. */
export function createRunningClock() {
  let set = null; // {instant, offset, at: when by the page's own clock}
  let ticking = 0;
  let begun = 0;
  const tick = () => {
    const here = performance.now();
    byId("lasted").textContent = clockTime((here - begun) / TICK);
    if (set) byId("clock").textContent = face(set, here);
  };
  const stop = () => clearInterval(ticking);
  const halt = (event) => {
    stop();
    byId("lasted").textContent = clockTime(event.at);
  };
  return {
    begin: (call, live) => {
      stop();
      set = null;
      begun = performance.now() - (live ? call.seconds * TICK : 0);
      byId("clock").textContent = "–";
      tick();
      if (live) ticking = setInterval(tick, TICK);
    },
    on: {
      clock: (event) => {
        const at = begun + event.at * TICK;
        set = { instant: new Date(event.now), offset: offsetOf(event.now), at };
        byId("clock").textContent = face(set, at);
      },
      ended: halt,
      over: stop,
    },
  };
}

/** `Sun 2026-11-22 03:00:07 -06:00` */
function face({ instant, offset, at }, here) {
  const shown = wallClock(new Date(instant.getTime() + here - at), offset);
  const day = shown.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  const [date, time] = shown.toISOString().slice(0, 19).split("T");
  return `${day} ${date} ${time} ${offsetMinutes(offset) ? offset : "UTC"}`;
}

/** The date of the next such weekday after the wall clock's day. */
function nextDay(wall, weekday) {
  const days = (weekday - wall.getUTCDay() + 7) % 7 || 7;
  return new Date(wall.getTime() + days * DAY).toISOString().slice(0, 10);
}
