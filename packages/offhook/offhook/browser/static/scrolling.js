/** Lets a log scroll along with what comes, unless its reader has scrolled back. */

const AT_THE_END = 24; // pixels from the bottom that still count as reading along

/** Call what is returned whenever the log has grown. */
export function keepAtEnd(element) {
  let along = true;
  let top = 0;
  const look = () => {
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const back = element.scrollTop < top; // a log that only shrank was not scrolled back
    along = below < AT_THE_END || (along && !back);
    top = element.scrollTop;
  };
  const toEnd = () => {
    look(); // the event of a scroll back may be to come yet
    if (!along) return;
    element.scrollTop = element.scrollHeight;
    top = element.scrollTop;
  };
  element.addEventListener("scroll", look);
  new ResizeObserver(toEnd).observe(element);
  return toEnd;
}
