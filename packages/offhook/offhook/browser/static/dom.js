/** Builds elements and shows or hides them without losing the keyboard's place. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An HTML element with attributes and children (elements or text). */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element with attributes and children. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that only ever does `act`. */
export function button(text, attributes, act) {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** Show or hide; when the focus would be lost it goes to `refuge`. */
export function show(element, shown, refuge) {
  const hasFocus = element.contains(document.activeElement);
  element.hidden = !shown;
  if (!shown && hasFocus) refuge?.focus();
}

/** Enable or disable; when the focus would be lost it goes to `refuge`. */
export function enable(element, enabled, refuge) {
  const hasFocus = element === document.activeElement;
  element.disabled = !enabled;
  if (!enabled && hasFocus) refuge?.focus();
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
