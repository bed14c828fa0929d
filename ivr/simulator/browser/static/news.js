/** Hears of texts, and of calls that were not placed here. */

/** `take[kind](record)` is called for each; `after` counts those that are known already. */
export function followNews(after, take) {
  const stream = new EventSource(`/api/news?after=${after}`);
  stream.onmessage = (message) => {
    const record = JSON.parse(message.data);
    take[record.news]?.(record);
  };
}
