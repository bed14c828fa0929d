/** Asks the simulator's server, and turns its refusals into errors with its own words. */

const SAVED_BY = 60_000; // milliseconds until the browser has surely taken the file over

/** The server refused, or could not be reached; the message is to be shown. */
export class Refused extends Error {}

export const get = async (path) => (await ask("GET", path)).json();

/** Send an object as JSON; the answer's object, or null where there is none. */
export async function post(path, body = {}) {
  return answered(await ask("POST", path, JSON.stringify(body), "application/json"));
}

/** Send recorded sound; the answer's object. */
export async function postSound(path, wav) {
  return answered(await ask("POST", path, wav, "audio/wav"));
}

/** Fetch a file and let the browser save it under a name. */
export async function download(path, name) {
  const url = URL.createObjectURL(await (await ask("GET", path)).blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_BY);
}

async function ask(method, path, body, type) {
  const headers = type ? { "Content-Type": type } : {};
  const response = await fetch(path, { method, body, headers }).catch(() => {
    throw new Refused("The simulator does not answer. Is it still running?");
  });
  if (!response.ok) throw new Refused(await whyNot(response));
  return response;
}

async function whyNot(response) {
  const told = await response.json().catch(() => ({}));
  return told.error ?? `The simulator answered with HTTP ${response.status}.`;
}

const answered = (response) => (response.status === 204 ? null : response.json());
