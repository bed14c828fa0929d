/** Lays out a webhook's document so that it can be read. */

const INDENT = "  ";

/** A document on one line gets a line for each of its elements; any other stays as it came. */
export function readable(body) {
  if (body.trim().includes("\n")) return body; // its lines are what warnings refer to
  let depth = 0;
  const lines = [];
  for (const piece of body.trim().split(/(?<=>)(?=<)/)) {
    if (piece.startsWith("</")) depth -= 1;
    lines.push(INDENT.repeat(Math.max(depth, 0)) + piece);
    depth += deeper(piece);
  }
  return lines.join("\n");
}

/** How many elements a piece leaves open: `<Say>` 1, `<Say>text</Say>` 0; `</Say>` was counted. */
function deeper(piece) {
  const isOpen = /^<\w/.test(piece) && !/\/>/.test(piece.slice(0, piece.indexOf(">") + 1));
  return isOpen && !piece.endsWith(`</${/^<([\w:-]+)/.exec(piece)[1]}>`) ? 1 : 0;
}
