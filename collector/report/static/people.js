// The table of people: facets, search, chosen columns, sorted; only the visible rows are in the page.

const ROW_HEIGHT = 32;
const MARGIN_ROWS = 12;
const FACET_OPTIONS = 200;
const LETTERS = { b: "bad", u: "not known", g: "good", l: "listed", "-": "not asked" };
const DEFAULT_COLUMNS = ["name", "email", "status", "licence", "admin", "roles", "groups", "lastSignIn"];

const names = (places, list) => places.map((place) => list[place].name).join(", ");
const COLUMNS = [
  { name: "name", title: "Name" },
  { name: "email", title: "E-mail address" },
  { name: "status", title: "Status" },
  { name: "licence", title: "Licence" },
  { name: "licences", title: "Licences", text: (row) => column("licences").at(row).join(", ") },
  { name: "admin", title: "Administrator" },
  { name: "roles", title: "Roles", text: (row) => names(column("roles").at(row), data.roles) },
  { name: "groups", title: "Groups", text: (row) => names(column("groups").at(row), data.groups) },
  { name: "domain", title: "Domain" },
  { name: "department", title: "Department" },
  { name: "employee", title: "Employee number" },
  { name: "signIn", title: "Ways to sign in", text: (row) => (column("signIn").at(row) || []).join(", ") },
  { name: "lastSignIn", title: "Last sign-in", text: (row) => day(column("lastSignIn").at(row)) },
  { name: "created", title: "Created", text: (row) => day(column("created").at(row)) },
  { name: "timezone", title: "Time zone" },
  { name: "client", title: "Client" },
];

const explorer = { rows: [], facets: new Map(), haystack: null, orders: new Map(), parameters: new URLSearchParams() };

function columnOf(name) {
  if (name.startsWith("s:")) {
    const setting = data.settings.get(name.slice(2));
    return setting && { name, title: setting.path, text: (row) => valueText(valueOf(row, setting)) };
  }
  const found = COLUMNS.find((each) => each.name === name);
  return found && { ...found, text: found.text || ((row) => column(name).at(row) ?? "") };
}

// A facet: `codes` of each row, and for each code the options it stands for.
function facet(name) {
  if (!explorer.facets.has(name)) explorer.facets.set(name, madeFacet(name));
  return explorer.facets.get(name);
}

function madeFacet(name) {
  if (name.startsWith("s:")) return settingFacet(name, data.settings.get(name.slice(2)));
  if (name.startsWith("q:")) return questionFacet(name, name.slice(2));
  if (name === "group") return listFacet("Group", "groups", data.groups, "in no group");
  if (name === "role") return listFacet("Role", "roles", data.roles, "without a role");
  const { values, distinct } = column(name);
  const options = distinct.map((value) => ({ value: String(value ?? ""), label: String(value ?? "none") }));
  return { title: COLUMNS.find((each) => each.name === name).title, codes: values, options, of: distinct.map((_, at) => [at]) };
}

function listFacet(title, name, entities, none) {
  const { values, distinct } = column(name);
  const options = [...entities.map((each) => ({ value: each.key, label: each.name })), { value: "", label: none }];
  return { title, codes: values, options, of: distinct.map((places) => (places.length ? places : [entities.length])) };
}

function questionFacet(name, id) {
  const letters = data.verdicts.get(id);
  if (!letters) return null;
  const order = Object.keys(LETTERS);
  const codes = new Uint8Array(data.people);
  for (let row = 0; row < data.people; row++) codes[row] = order.indexOf(letters[row]);
  const question = data.summary.questions.find((each) => each.id === id);
  const options = order.map((value) => ({ value, label: LETTERS[value] }));
  return { title: question.title, codes, options, of: order.map((_, at) => [at]) };
}

function settingFacet(name, setting) {
  if (!setting || setting.part === null) return null;
  const documents = column(`doc${setting.part}`).values;
  const codes = new Int32Array(data.people);
  for (let row = 0; row < data.people; row++) codes[row] = documents[row] + 1;
  const places = new Map();
  const options = [];
  const of = [];
  const held = part(data.partNames[setting.part]);
  for (let document = -1; document < held.documents.length; document++) {
    const value = held.value(document, setting.number);
    const text = value === undefined ? "unread" : JSON.stringify(value);
    if (!places.has(text)) {
      places.set(text, options.length);
      options.push({ value: text, label: valueText(value) });
    }
    of.push([places.get(text)]);
  }
  return { title: setting.path, codes, options, of };
}

function activeFacets() {
  const active = [];
  for (const name of new Set(explorer.parameters.keys())) {
    if (["q", "sort", "columns"].includes(name)) continue;
    const isKnown = /^(s|q):/.test(name) || ["status", "licence", "admin", "role", "group", "domain", "department"].includes(name);
    const found = isKnown && facet(name);
    if (!found) continue;
    const chosen = new Set(explorer.parameters.getAll(name));
    const allowed = Uint8Array.from(found.of, (options) => (options.some((at) => chosen.has(found.options[at].value)) ? 1 : 0));
    active.push({ name, facet: found, allowed });
  }
  return active;
}

function haystack() {
  if (!explorer.haystack) {
    const all = [column("name").values, column("email").values, column("employee").values];
    explorer.haystack = all[0].map((_, row) => all.map((values) => values[row] ?? "").join("\n").toLowerCase());
  }
  return explorer.haystack;
}

// The rows in the order of a column; kept, so that a filter need not sort.
function order(sort) {
  if (!explorer.orders.has(sort)) {
    const name = sort.replace(/^-/, "");
    const isNumber = column(name).kind === "number";
    const shown = columnOf(name) || columnOf("name");
    const keys = Array.from({ length: data.people }, (_, row) =>
      isNumber ? (column(name).at(row) ?? -Infinity) : String(shown.text(row)).toLowerCase(),
    );
    const rows = Uint32Array.from(keys, (_, row) => row);
    rows.sort((one, other) => (keys[one] < keys[other] ? -1 : keys[one] > keys[other] ? 1 : one - other));
    if (sort.startsWith("-")) rows.reverse();
    explorer.orders.set(sort, rows);
  }
  return explorer.orders.get(sort);
}

// The rows that match, in order; and how many of each facet's codes would match without that facet.
function matching(shownFacets) {
  const active = activeFacets();
  const wanted = (explorer.parameters.get("q") || "").trim().toLowerCase();
  const texts = wanted ? haystack() : null;
  const counts = new Map(shownFacets.map((name) => [name, new Uint32Array(facet(name).of.length)]));
  const counted = shownFacets.map((name) => ({ name, codes: facet(name).codes, counts: counts.get(name) }));
  const rows = [];
  for (const row of order(explorer.parameters.get("sort") || "name")) {
    if (texts && !texts[row].includes(wanted)) continue;
    let failing = null;
    let failures = 0;
    for (const each of active) {
      if (!each.allowed[each.facet.codes[row]]) {
        failing = each.name;
        if (++failures > 1) break;
      }
    }
    if (failures > 1) continue;
    if (!failures) rows.push(row);
    for (const each of counted) if (!failures || failing === each.name) each.counts[each.codes[row]]++;
  }
  return { rows, counts };
}

function facetNames() {
  const always = ["status", "licence", "admin", "role", "group", "domain", "department"];
  const chosen = [...new Set(explorer.parameters.keys())].filter((name) => /^(s|q):/.test(name) && facet(name));
  return [...chosen, ...always];
}

function changeParameters(change, replace) {
  const parameters = new URLSearchParams(explorer.parameters);
  change(parameters);
  go("people", parameters, replace);
}

function facetElement(name, counts) {
  const found = facet(name);
  const byOption = new Uint32Array(found.options.length);
  found.of.forEach((options, code) => options.forEach((at) => (byOption[at] += counts[code])));
  const chosen = new Set(explorer.parameters.getAll(name));
  const order = found.options.map((_, at) => at).filter((at) => byOption[at] || chosen.has(found.options[at].value));
  order.sort((one, other) => byOption[other] - byOption[one] || one - other);
  const items = order.slice(0, FACET_OPTIONS).map((at) => {
    const { value, label } = found.options[at];
    const box = element("input", {
      type: "checkbox",
      checked: chosen.has(value),
      "data-focus": `${name}=${value}`,
      onchange: (event) =>
        changeParameters((parameters) => {
          const others = parameters.getAll(name).filter((each) => each !== value);
          parameters.delete(name);
          for (const each of event.target.checked ? [...others, value] : others) parameters.append(name, each);
        }),
    });
    return element("li", {}, element("label", {}, box, element("span", {}, label), element("span", { class: "count" }, number(byOption[at]))));
  });
  if (order.length > FACET_OPTIONS) items.push(element("li", { class: "small" }, `${number(order.length - FACET_OPTIONS)} more: search for them`));
  const isOpen = chosen.size > 0 || ["status", "licence", "admin"].includes(name) || explorer.open?.has(name);
  return element(
    "details",
    {
      class: "facet",
      open: isOpen,
      ontoggle: (event) => (event.target.open ? explorer.open.add(name) : explorer.open.delete(name)),
    },
    element("summary", { "data-focus": `facet ${name}` }, found.title),
    element("ul", {}, items),
  );
}

function shownColumns() {
  const wanted = explorer.parameters.get("columns");
  const chosen = wanted ? wanted.split(",") : DEFAULT_COLUMNS;
  const settings = [...new Set(explorer.parameters.keys())].filter((name) => name.startsWith("s:") && !chosen.includes(name));
  const names = ["name", ...chosen.filter((name) => name !== "name"), ...settings];
  const isRedacted = data.summary.redacted;
  return names.filter((name) => !(isRedacted && name === "email")).map(columnOf).filter(Boolean);
}

function columnChooser(shown) {
  const chosen = new Set(shown.map((each) => each.name));
  const toggle = (name) => (event) =>
    changeParameters((parameters) => {
      const left = shown.map((each) => each.name).filter((each) => each !== name);
      parameters.set("columns", (event.target.checked ? [...left, name] : left).join(","));
    });
  const boxes = [...COLUMNS, ...shown.filter((each) => each.name.startsWith("s:"))].slice(1).map((each) =>
    element(
      "li",
      {},
      element("label", {}, element("input", { type: "checkbox", checked: chosen.has(each.name), "data-focus": `column ${each.name}`, onchange: toggle(each.name) }), each.title),
    ),
  );
  return element(
    "details",
    { class: "popover", open: explorer.choosing, ontoggle: (event) => (explorer.choosing = event.target.open) },
    element("summary", { "data-focus": "columns" }, "Columns"),
    element("div", {}, element("ul", {}, boxes), settingPicker("Add a setting as a column", (name) =>
      changeParameters((parameters) => parameters.set("columns", [...shown.map((each) => each.name), `s:${name}`].join(","))),
    )),
  );
}

let pickers = 0;
function settingPicker(title, choose) {
  const id = `settings-${++pickers}`;
  const ofPeople = data.settingList.filter((each) => each.part !== null);
  return element(
    "label",
    { class: "wide" },
    title,
    element("input", {
      type: "search",
      list: id,
      autocomplete: "off",
      placeholder: "waiting_room",
      "data-focus": title,
      onchange: (event) => {
        const wanted = event.target.value.trim();
        const found = ofPeople.find((each) => each.path === wanted || each.name === wanted) || uniquePart(ofPeople, wanted);
        if (found) choose(found.name);
      },
    }),
    element("datalist", { id }, ofPeople.map((each) => element("option", { value: each.path }))),
  );
}

function uniquePart(settings, wanted) {
  const found = wanted ? settings.filter((each) => each.path.toLowerCase().includes(wanted.toLowerCase())) : [];
  return found.length === 1 ? found[0] : null;
}

function chips() {
  const items = activeFacets().flatMap(({ name, facet: found }) =>
    explorer.parameters.getAll(name).map((value) => {
      const option = found.options.find((each) => each.value === value);
      const text = `${found.title}: ${option ? option.label : value}`;
      const drop = () =>
        changeParameters((parameters) => {
          const others = parameters.getAll(name).filter((each) => each !== value);
          parameters.delete(name);
          for (const each of others) parameters.append(name, each);
        });
      return element("li", {}, element("button", { type: "button", "aria-label": `Remove ${text}`, onclick: drop }, `${text} ×`));
    }),
  );
  return items.length ? element("ul", { class: "chips", "aria-label": "Filters" }, items) : null;
}

function rowsTable(rows, columns, sort) {
  const body = element("tbody");
  const head = columns.map((each) => {
    const isSorted = sort.replace("-", "") === each.name;
    const sorted = isSorted ? (sort.startsWith("-") ? "descending" : "ascending") : "none";
    const arrow = isSorted ? (sort.startsWith("-") ? " ↓" : " ↑") : "";
    const turn = () => changeParameters((parameters) => parameters.set("sort", sort === each.name ? `-${each.name}` : each.name));
    return element("th", { scope: "col", "aria-sort": sorted }, element("button", { type: "button", "data-focus": `sort ${each.name}`, onclick: turn }, each.title + arrow));
  });
  const made = element("table", { "aria-rowcount": rows.length + 1 }, element("thead", {}, element("tr", {}, head)), body);
  const frame = element("div", { class: "rows", tabindex: "0", role: "region", "aria-label": "Table of people" }, made);
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
          : element("th", { scope: "row" }, element("a", { href: address("person", { key: column("key").at(row) }), "data-row": at }, each.text(row))),
      ),
    );
  const render = () => {
    const height = frame.clientHeight || 600;
    const from = Math.max(0, Math.floor(frame.scrollTop / ROW_HEIGHT) - MARGIN_ROWS);
    if (from === first) return;
    first = from;
    const to = Math.min(rows.length, from + Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN_ROWS);
    const focused = document.activeElement?.dataset?.row;
    const shown = [];
    for (let at = from; at < to; at++) shown.push(rowElement(rows[at], at));
    body.replaceChildren(space(from), ...shown, space(rows.length - to));
    if (focused !== undefined) body.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
  };
  const focusRow = (at) => {
    const wanted = Math.max(0, Math.min(rows.length - 1, at));
    const top = wanted * ROW_HEIGHT;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top + 3 * ROW_HEIGHT > frame.scrollTop + frame.clientHeight) frame.scrollTop = top + 3 * ROW_HEIGHT - frame.clientHeight;
    render();
    body.querySelector(`[data-row="${wanted}"]`)?.focus({ preventScroll: true });
  };
  frame.addEventListener("keydown", (event) => {
    const at = Number(event.target.dataset?.row ?? Math.floor(frame.scrollTop / ROW_HEIGHT) - 1);
    const page = Math.floor(frame.clientHeight / ROW_HEIGHT) - 2;
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 };
    if (!(event.key in moves) || event.target.tagName === "BUTTON" || !rows.length) return;
    event.preventDefault();
    focusRow(moves[event.key]);
  });
  frame.addEventListener("scroll", () => requestAnimationFrame(render), { passive: true });
  return { frame, render };
}

function showPeople(parameters) {
  explorer.parameters = parameters;
  explorer.open = explorer.open || new Set();
  const view = document.getElementById("view-people");
  const focus = document.activeElement?.dataset?.focus;
  const narrow = matchMedia("(max-width: 56rem)").matches;
  const columns = shownColumns();
  const sort = parameters.get("sort") || "name";
  const { rows, counts } = matching(facetNames());
  explorer.rows = rows;
  const search = view.querySelector("#people-search") || element("input", {
    type: "search",
    id: "people-search",
    autocomplete: "off",
    placeholder: "Name, address or employee number",
    oninput: debounced(() => changeParameters((changed) => {
      const text = document.getElementById("people-search").value;
      if (text) changed.set("q", text);
      else changed.delete("q");
    }, true), 60),
  });
  if (document.activeElement !== search) search.value = parameters.get("q") || "";
  const facets = element(
    "details",
    { class: "facets", open: narrow ? explorer.filtering : true, ontoggle: (event) => (explorer.filtering = event.target.open) },
    element("summary", { "data-focus": "filters" }, "Filters"),
    element(
      "div",
      {},
      settingPicker("Filter by a setting", (name) =>
        changeParameters((changed) => {
          for (const each of facet(`s:${name}`).options) changed.append(`s:${name}`, each.value);
        }),
      ),
      facetNames().map((name) => facetElement(name, counts.get(name))),
    ),
  );
  const saved = () => saveCsv("people.csv", columns.map((each) => each.title), rows.map((row) => columns.map((each) => each.text(row))));
  const { frame, render } = rowsTable(rows, columns, sort);
  const count = element("strong", { role: "status", id: "people-count" }, `${number(rows.length)} of ${many(data.people, "person", "people")}`);
  const bar = element(
    "div",
    { class: "actions" },
    count,
    columnChooser(columns),
    element("button", { type: "button", "data-focus": "csv", onclick: saved }, "Save as CSV"),
    element("button", { type: "button", "data-focus": "clear", onclick: () => go("people", new URLSearchParams()) }, "Clear"),
  );
  if (!view.querySelector(".explorer")) {
    fillView(
      "people",
      "People",
      element("div", { class: "filter" }, element("label", { class: "wide" }, "Search", search)),
      element("div", { class: "explorer" }, element("div"), element("div")),
    );
  }
  const [left, right] = view.querySelector(".explorer").children;
  const scrolled = left.querySelector("details")?.scrollTop;
  left.replaceChildren(facets);
  right.replaceChildren(...[bar, chips(), partialNote(["zoom_user", "zoom_group", "zoom_group_has_user", "zoom_role", "zoom_user_assigned_role"], data.summary.hasGaps), frame].filter(Boolean));
  if (scrolled) facets.scrollTop = scrolled;
  render();
  if (focus) view.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}
