/** Draws a flow chart as SVG, laid out by dagre. */

import { Graph, layout } from "./vendor/dagre/dagre.esm.js";
import { draw } from "./dom.js";

const FONT = "14px system-ui, sans-serif";
const HEIGHT = 36;
const LABEL_HEIGHT = 18;
const SPACING = { rankdir: "TB", nodesep: 28, edgesep: 14, ranksep: 44, marginx: 16, marginy: 16 };
const ROOM = { diamond: 56, hexagon: 48, slanted: 48, subroutine: 40 }; // beside the label
const USUAL_ROOM = 28;
const SLANT = 14;

/** The drawing, each node a `<g data-node="id">`. */
export function drawFlowchart(chart) {
  const graph = laidOut(chart);
  const { width, height } = graph.graph();
  const svg = draw("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": "Flow map: the steps of the call and the ways between them",
  });
  svg.append(arrowHead());
  svg.append(...graph.edges().map((edge) => drawEdge(graph.edge(edge))));
  svg.append(...graph.nodes().map((id) => drawNode(id, graph.node(id))));
  return svg;
}

function laidOut({ nodes, edges }) {
  const width = textMeasure();
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ ...SPACING });
  for (const [id, { label, shape }] of nodes) {
    const wide = width(label) + (ROOM[shape] ?? USUAL_ROOM);
    graph.setNode(id, { label, shape, width: wide, height: HEIGHT });
  }
  edges.forEach(({ from, to, label }, number) => {
    const room = label ? { width: width(label) + 8, height: LABEL_HEIGHT, labelpos: "c" } : {};
    graph.setEdge(from, to, { label, ...room }, String(number));
  });
  layout(graph);
  return graph;
}

function textMeasure() {
  const context = document.createElement("canvas").getContext("2d");
  context.font = FONT;
  return (text) => Math.ceil(context.measureText(text).width);
}

function arrowHead() {
  const marker = draw("marker", {
    id: "arrow-head",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    orient: "auto",
  });
  marker.append(draw("path", { d: "M0,0 L8,4 L0,8 z" }));
  return draw("defs", {}, marker);
}

function drawEdge({ points, label, x, y }) {
  const group = draw("g", { class: "edge" });
  group.append(draw("path", { d: curve(points), "marker-end": "url(#arrow-head)" }));
  if (label) group.append(draw("text", { x, y }, label));
  return group;
}

/** Through the middles between the points, bent by the points. */
function curve(points) {
  const middle = (a, b) => `${(a.x + b.x) / 2},${(a.y + b.y) / 2}`;
  const bends = points
    .slice(1, -1)
    .map((point, i) => `Q${point.x},${point.y} ${middle(point, points[i + 2])}`);
  const [first, last] = [points[0], points.at(-1)];
  return `M${first.x},${first.y} ${bends.join(" ")} L${last.x},${last.y}`;
}

function drawNode(id, node) {
  const group = draw("g", { class: "node", "data-node": id });
  group.append(...outline(node), draw("text", { x: node.x, y: node.y }, node.label));
  return group;
}

function outline({ shape, x, y, width, height }) {
  const [left, top, right, bottom] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const polygon = (...points) => [draw("polygon", { points: points.join(" ") })];
  const box = (rx) => draw("rect", { x: left, y: top, width, height, rx });
  switch (shape) {
    case "hexagon":
      return polygon([left, y], [left + SLANT, top], [right - SLANT, top], [right, y],
        [right - SLANT, bottom], [left + SLANT, bottom]);
    case "diamond":
      return polygon([left, y], [x, top - 6], [right, y], [x, bottom + 6]);
    case "slanted":
      return polygon([left + SLANT, top], [right, top], [right - SLANT, bottom], [left, bottom]);
    case "subroutine":
      return [box(0), draw("path", { d: `M${left + 6},${top} V${bottom} M${right - 6},${top} V${bottom}` })];
    case "stadium":
    case "circle":
    case "cylinder":
      return [box(height / 2)];
    case "round":
      return [box(9)];
    default:
      return [box(2)];
  }
}
