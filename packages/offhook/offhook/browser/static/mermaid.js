/** Reads the part of Mermaid's flow charts that a call map uses: nodes, arrows, comments. */

// The longer brackets first: `[[` begins with `[`.
const SHAPES = [
  ["stadium", "([", "])"],
  ["subroutine", "[[", "]]"],
  ["cylinder", "[(", ")]"],
  ["slanted", "[/", "/]"],
  ["slanted", "[\\", "\\]"],
  ["circle", "((", "))"],
  ["hexagon", "{{", "}}"],
  ["box", "[", "]"],
  ["round", "(", ")"],
  ["diamond", "{", "}"],
];
const ID = /\s*([\w.]+(?:-[\w.]+)*)/y;
const ARROW = /\s*(?:-->|---|-\.->|==>)\s*(?:\|\s*"?([^|]*?)"?\s*\|)?/y;
const NOT_DRAWN = /^(flowchart|graph|%%|subgraph|end$|classDef|class |style |linkStyle|click |direction )/;

/** The chart as `{nodes: Map of id to {label, shape}, edges: [{from, to, label}]}`. */
export function parseFlowchart(text) {
  const chart = { nodes: new Map(), edges: [] };
  for (const line of text.split(/[\n;]/).map((raw) => raw.trim())) {
    if (line && !NOT_DRAWN.test(line)) readLine(line, chart);
  }
  return chart;
}

/** `a[..] -->|"label"| b --> c`: each node after an arrow ends that arrow. */
function readLine(line, chart) {
  const cursor = { line, at: 0 };
  let from = readNode(cursor, chart);
  while (from) {
    const arrow = match(ARROW, cursor);
    const to = arrow && readNode(cursor, chart);
    if (to) chart.edges.push({ from, to, label: arrow[1] ?? "" });
    from = to;
  }
}

function readNode(cursor, { nodes }) {
  const id = match(ID, cursor)?.[1];
  if (!id) return null;
  const shaped = readShape(cursor);
  if (shaped || !nodes.has(id)) nodes.set(id, shaped ?? { label: id, shape: "box" });
  return id;
}

function readShape(cursor) {
  const rest = cursor.line.slice(cursor.at);
  for (const [shape, open, close] of SHAPES) {
    const end = rest.startsWith(open) ? rest.indexOf(close, open.length) : -1;
    if (end < 0) continue;
    cursor.at += end + close.length;
    const label = rest.slice(open.length, end).trim().replace(/^"(.*)"$/, "$1");
    return { label, shape };
  }
  return null;
}

function match(pattern, cursor) {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.line);
  if (found) cursor.at = pattern.lastIndex;
  return found;
}
