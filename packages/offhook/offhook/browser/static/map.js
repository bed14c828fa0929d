/** Shows on the flow map where the call is, in a drawing and in words. */

import { byId, make } from "./dom.js";
import { drawFlowchart } from "./drawing.js";
import { parseFlowchart } from "./mermaid.js";

// Only these lead the caller on; a status callback, say, does not.
const LEADING = ["voice", "action", "redirect", "fallback"];

/** The map's view; without a map (null) the panel stays hidden and nothing is shown. */
export function createMap(text) {
  if (!text) return { on: {} };
  const chart = parseFlowchart(text);
  byId("map").replaceChildren(drawFlowchart(chart));
  byId("map-list").replaceChildren(...inWords(chart));
  byId("map-panel").hidden = false;
  const first = byId("map").querySelector(".node");
  bringIntoView(first);
  return {
    begin: () => {
      for (const node of byId("map").querySelectorAll(".node")) node.classList.remove("now", "past");
      byId("map-now").textContent = "Now at: the start";
      bringIntoView(first);
    },
    on: {
      requested: (event) => {
        const id = LEADING.includes(event.purpose) ? placeOf(event, chart.nodes) : null;
        if (id) light(id);
      },
    },
  };
}

/**
 * The node that the call is at after a webhook, or null if it is on no node.
 *
 * A webhook's path names the step that was answered; the document that came back asks for
 * the next answer at a URL, which names the step that the caller hears now.
 */
function placeOf({ path, body }, nodes) {
  const urls = [...body.matchAll(/\baction\s*=\s*["']([^"']+)|<Redirect[^>]*>([^<]+)/g)];
  const onward = urls.map(([, action, redirect]) => (action ?? redirect).trim());
  const places = [...onward, path].map((url) => nodeIn(url, nodes));
  return places.find(Boolean) ?? null;
}

function nodeIn(url, nodes) {
  const segments = url.split(/[?#]/)[0].split("/").filter(Boolean);
  return segments.map((segment) => segment.replaceAll("-", "_")).findLast((id) => nodes.has(id));
}

function light(id) {
  const before = byId("map").querySelector(".now");
  before?.classList.replace("now", "past");
  const node = byId("map").querySelector(`[data-node="${CSS.escape(id)}"]`);
  node.classList.add("now");
  byId("map-now").textContent = `Now at: ${id.replaceAll("_", " ")}`;
  bringIntoView(node);
}

/** Scroll the drawing, and never the page. */
function bringIntoView(node) {
  const map = byId("map");
  const [frame, box] = [map.getBoundingClientRect(), node.getBoundingClientRect()];
  map.scrollBy({
    left: box.left + box.width / 2 - frame.left - frame.width / 2,
    top: box.top + box.height / 2 - frame.top - frame.height / 2,
  });
}

function inWords({ nodes, edges }) {
  const name = (id) => nodes.get(id).label;
  return [...nodes.keys()].map((id) => {
    const ways = edges
      .filter(({ from }) => from === id)
      .map(({ to, label }) => `${label ? `${label} ` : ""}to ${name(to)}`);
    return make("li", {}, make("strong", {}, name(id)), ways.length ? `: ${ways.join("; ")}` : "");
  });
}
