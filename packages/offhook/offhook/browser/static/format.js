/** Writes times, durations and numbers as people read them. */

/** Seconds since the start as `1:05`. */
export function clockTime(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A length of time, to a tenth of a second, as `4.2 s`. */
export function length(seconds) {
  return `${Number(seconds.toFixed(1))} s`;
}

/** `3 webhooks`, `1 webhook`. */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The UTC offset that an ISO time ends with, `Z` as `+00:00`. */
export function offsetOf(iso) {
  return /[+-]\d\d:\d\d$/.exec(iso)?.[0] ?? "+00:00";
}

/** Minutes east of UTC of an offset such as `-06:00`. */
export function offsetMinutes(offset) {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The wall clock at an offset, as a Date whose UTC fields are what the clock shows. */
export function wallClock(instant, offset) {
  return new Date(instant.getTime() + offsetMinutes(offset) * 60_000);
}
