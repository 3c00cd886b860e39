// Elements of the page. Whatever comes from the account is put into them as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const integer = new Intl.NumberFormat("en-US");

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "value" || name === "hidden" || name === "open") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) made.append(child);
  return made;
}

function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function link(text, view, parameters) {
  return element("a", { href: address(view, parameters) }, text);
}

function address(view, parameters) {
  const text = new URLSearchParams(parameters || {}).toString();
  return `#${view}${text ? `?${text}` : ""}`;
}

function number(value) {
  return integer.format(value);
}

function many(count, one, several) {
  return `${number(count)} ${count === 1 ? one : several || `${one}s`}`;
}

function day(seconds) {
  return seconds === null || seconds === undefined ? "" : new Date(seconds * 1000).toISOString().slice(0, 10);
}

function minute(milliseconds) {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function valueText(value) {
  if (value === undefined) return "not known";
  if (value === null) return "Zoom does not say";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (Array.isArray(value)) return value.join(", ") || "(none)";
  return value === "" ? '""' : String(value);
}

function badge(text, kind) {
  return element("span", { class: `badge ${kind || "none"}` }, text);
}

// A technical name or an address, which breaks between its words.
function breakable(text) {
  return text.split(/(?<=[._@])/).flatMap((word, at) => (at ? [element("wbr"), word] : [word]));
}

function pathOf(setting) {
  return element("span", { class: "path" }, breakable(setting.path));
}

// A setting, with a link to all about it.
function settingLink(setting) {
  return element("span", {}, link(setting.description, "setting", { name: setting.name }), pathOf(setting));
}

// Pseudonyms say what they stand for: "group group-3f2a91c04d" would say it twice.
function saidOnce(text) {
  return data.summary.redacted ? text.replace(/\b(account|group|role) (?=\1-)/i, "") : text;
}

// `attributes`: the `label` of the table, and a `kind` whose columns are as wide in every table.
function table(headings, rows, attributes) {
  const head = headings.map((heading) =>
    typeof heading === "string"
      ? element("th", { scope: "col", role: "columnheader" }, heading)
      : element("th", { scope: "col", role: "columnheader", class: "number" }, heading.number),
  );
  const body = rows.map((cells) =>
    element(
      "tr",
      { role: "row" },
      cells.map((cell, at) => {
        const isNumber = typeof headings[at] !== "string";
        const heading = isNumber ? headings[at].number : headings[at];
        const kind = { class: isNumber ? "number" : null, "data-label": heading };
        return at
          ? element("td", { role: "cell", ...kind }, cell)
          : element("th", { scope: "row", role: "rowheader", ...kind }, cell);
      }),
    ),
  );
  // The roles stay what they are where a narrow screen shows each row as a block.
  const made = element(
    "table",
    { role: "table", class: `stacked ${attributes?.kind || ""}` },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, head)),
    element("tbody", { role: "rowgroup" }, body),
  );
  const label = attributes?.label || "Table";
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${label}` }, made);
}

function card(title, ...children) {
  return element("section", { class: "card" }, element("h2", {}, title), children);
}

function fact(title, ...value) {
  return element("div", {}, element("dt", {}, title), element("dd", {}, value));
}

// How a setting's values are spread: [what, how many people, its class in a bar], the most frequent first.
function distribution(setting) {
  const parts = setting.values.slice(0, 3).map(([value, count], at) => [valueText(value), count, `v${at}`]);
  const rest = setting.values.slice(3).reduce((sum, each) => sum + each[1], 0) + setting.others[1];
  if (rest) parts.push(["other values", rest, "v3"]);
  if (setting.without) parts.push(["Zoom does not say", setting.without, "unread"]);
  if (setting.unread) parts.push(["not known", setting.unread, "unread"]);
  return parts;
}

function distributionBar(parts) {
  const total = parts.reduce((sum, each) => sum + each[1], 0);
  const text = parts.map(([name, count]) => `${name}: ${number(count)}`).join(", ") || "nobody";
  const bar = element("span", { class: "bar", role: "img", "aria-label": text, title: text });
  for (const [, count, kind] of parts) {
    const piece = element("span", { class: kind });
    piece.style.width = `${(100 * count) / (total || 1)}%`;
    bar.append(piece);
  }
  return bar;
}

function debounced(work, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

// A labelled field; what is typed is handed over when the typing pauses.
function searchField(id, onSearch, attributes) {
  const input = element("input", {
    type: "search",
    id,
    autocomplete: "off",
    ...attributes,
    oninput: debounced(() => onSearch(input.value), 80),
  });
  return element("label", { class: "wide" }, "Search", input);
}

function save(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = element("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// A cell that no spreadsheet computes (OWASP, "CSV Injection"), quoted.
function csvCell(value) {
  const isNumber = typeof value === "number";
  let text = value === null || value === undefined ? "" : String(value);
  text = text.replace(/[\p{Cc}\p{Cf}]/gu, (each) => (each === "\t" || each === "\n" ? each : "\uFFFD"));
  if (!isNumber && /^[=+\-@\t\r\n]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function saveCsv(name, headings, rows) {
  const lines = [headings, ...rows].map((cells) => cells.map(csvCell).join(","));
  save(name, "text/csv;charset=utf-8", `${lines.join("\n")}\n`);
}

// Whether a list was not read completely.
function isPartial(types) {
  return types.some((type) => data.summary.partialTypes.includes(type));
}

function noPeople() {
  return isPartial(["zoom_user"]) ? "Nobody is known: people were not read." : "The account has no people.";
}

// What people are in whose groups are empty; some of them may have groups that were not read.
function inNoGroup() {
  return column("groupsUnread").distinct.some(Boolean) ? "in no known group" : "in no group";
}

// Says on a view that something it shows was not read completely; null where all of it was.
function partialNote(types, otherwise) {
  const unread = types.filter((type) => data.summary.partialTypes.includes(type));
  if (!unread.length && !otherwise) return null;
  const what = {
    zoom_user: "people",
    zoom_group: "groups",
    zoom_role: "roles",
    zoom_group_has_user: "members of groups",
    zoom_user_assigned_role: "who holds which role",
  };
  const said = unread.length
    ? `Not read completely: ${unread.map((type) => what[type] || type).join(", ")}`
    : "Not everything was read";
  return element(
    "p",
    { class: "notice warn" },
    `${said}. What is shown may be out of date, and what is missing may exist in Zoom: `,
    link("see what was not read", "overview"),
    ".",
  );
}

// The heading and content of a view, in place of what it showed before.
function fillView(name, title, ...children) {
  const view = document.getElementById(`view-${name}`);
  view.replaceChildren(element("h1", { id: `title-${name}` }, title), ...children.flat(Infinity).filter(Boolean));
  return view;
}
