// A table of any number of rows, of which only those in sight are in the page.

const ROW_HEIGHT = 32;
const MARGIN_ROWS = 12;
const MAX_PRINTED = 5000;

// Printed are all rows, not those in sight alone.
let renderNow = () => {};
addEventListener("beforeprint", () => renderNow(MAX_PRINTED));
addEventListener("afterprint", () => renderNow());

function rowsTable(rows, columns, sort) {
  const body = element("tbody");
  const head = columns.map((each) => {
    const isSorted = sort.replace("-", "") === each.name;
    const sorted = isSorted ? (sort.startsWith("-") ? "descending" : "ascending") : "none";
    const arrow = isSorted ? (sort.startsWith("-") ? " ↓" : " ↑") : "";
    const turn = () =>
      changeParameters((parameters) => parameters.set("sort", sort === each.name ? `-${each.name}` : each.name));
    return element(
      "th",
      { scope: "col", "aria-sort": sorted },
      element("button", { type: "button", title: each.title, "data-focus": `sort ${each.name}`, onclick: turn }, [
        breakable(each.title),
        arrow,
      ]),
    );
  });
  const made = element(
    "table",
    { "aria-rowcount": rows.length + 1 },
    element("thead", {}, element("tr", {}, head)),
    body,
  );
  const frame = element("div", { class: "rows", tabindex: "0", role: "region", "aria-label": "Table of people" }, made);
  frame.style.setProperty("--needed", `${(rows.length + 3) * ROW_HEIGHT}px`); // a short table needs no tall frame
  let first = -1;
  const space = (count) => {
    const row = element("tr", { class: "space", "aria-hidden": "true" }, element("td", { colspan: columns.length }));
    row.firstChild.style.height = `${count * ROW_HEIGHT}px`;
    return row;
  };
  const rowElement = (row, at) =>
    element(
      "tr",
      { "aria-rowindex": at + 2 },
      columns.map((each, place) =>
        place
          ? element("td", {}, String(each.text(row)))
          : element(
              "th",
              { scope: "row" },
              element("a", { href: address("person", { key: column("key").at(row) }), "data-row": at }, each.text(row)),
            ),
      ),
    );
  const render = (printed) => {
    const height = frame.clientHeight || 600;
    const from = printed ? 0 : Math.max(0, Math.floor(frame.scrollTop / ROW_HEIGHT) - MARGIN_ROWS);
    if (from === first && !printed) return;
    first = printed ? -1 : from;
    const to = Math.min(rows.length, printed || from + Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN_ROWS);
    const focused = document.activeElement?.dataset?.row;
    const shown = [];
    for (let at = from; at < to; at++) shown.push(rowElement(rows[at], at));
    const left = rows.length - to;
    const note = `${number(left)} more: filter them, or save them as CSV.`;
    const rest = element("tr", {}, element("td", { colspan: columns.length }, note));
    body.replaceChildren(space(from), ...shown, printed && left ? rest : space(left));
    if (focused !== undefined) body.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
  };
  const focusRow = (at) => {
    const wanted = Math.max(0, Math.min(rows.length - 1, at));
    const top = wanted * ROW_HEIGHT;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top + 3 * ROW_HEIGHT > frame.scrollTop + frame.clientHeight)
      frame.scrollTop = top + 3 * ROW_HEIGHT - frame.clientHeight;
    render();
    body.querySelector(`[data-row="${wanted}"]`)?.focus({ preventScroll: true });
  };
  frame.addEventListener("keydown", (event) => {
    const at = Number(event.target.dataset?.row ?? Math.floor(frame.scrollTop / ROW_HEIGHT) - 1);
    const page = Math.floor(frame.clientHeight / ROW_HEIGHT) - 2;
    const moves = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    if (!(event.key in moves) || event.target.tagName === "BUTTON" || !rows.length) return;
    event.preventDefault();
    focusRow(moves[event.key]);
  });
  frame.addEventListener("scroll", () => requestAnimationFrame(() => render()), { passive: true });
  renderNow = render;
  return { frame, render };
}
