// The table of people: facets, search, chosen columns, sorted; only the visible rows are in the page.

const PEOPLE_TYPES = ["zoom_user", "zoom_group", "zoom_group_has_user", "zoom_role", "zoom_user_assigned_role"];
const FACET_OPTIONS = 200;
const FEW_OPTIONS = 4; // so few are shown with 0 people, too: 0 is an answer
const MAX_SETTINGS = 10;
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
    return setting && { name, title: setting.description, text: (row) => valueText(valueOf(row, setting)) };
  }
  const found = COLUMNS.find((each) => each.name === name);
  return found && { ...found, text: found.text || ((row) => column(name).at(row) ?? "") };
}

function facetNames() {
  const always = ["status", "licence", "admin", "role", "group", "domain", "department"];
  const columns = (explorer.parameters.get("columns") || "").split(",");
  const asked = [...explorer.parameters.keys(), ...columns].filter((name) => /^(s|q):/.test(name));
  return [...new Set(asked)].filter(facet).concat(always);
}

function changeParameters(change, replace) {
  const parameters = new URLSearchParams(explorer.parameters);
  change(parameters);
  go("people", parameters, replace);
}

// The most frequent first among all people: what is ticked does not move the others.
function optionOrder(found) {
  if (!found.order) {
    const totals = new Uint32Array(found.options.length);
    for (const code of found.codes) for (const at of found.of[code]) totals[at]++;
    found.order = found.options.map((_, at) => at).sort((one, other) => totals[other] - totals[one] || one - other);
  }
  return found.order;
}

function facetElement(name, counts) {
  const found = facet(name);
  const byOption = new Uint32Array(found.options.length);
  found.of.forEach((options, code) => options.forEach((at) => (byOption[at] += counts[code])));
  const chosen = new Set(explorer.parameters.getAll(name));
  const isShown = (at) => found.options.length <= FEW_OPTIONS || byOption[at] || chosen.has(found.options[at].value);
  const order = optionOrder(found).filter(isShown);
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
    return element(
      "li",
      {},
      element("label", {}, box, element("span", {}, label), element("span", { class: "count" }, number(byOption[at]))),
    );
  });
  if (!items.length) items.push(element("li", { class: "small" }, "none"));
  if (order.length > FACET_OPTIONS)
    items.push(element("li", { class: "small" }, `${number(order.length - FACET_OPTIONS)} more: search for them`));
  const isOpen =
    chosen.size > 0 ||
    ["status", "licence", "admin"].includes(name) ||
    name.startsWith("s:") ||
    explorer.open?.has(name);
  return element(
    "details",
    {
      class: "facet",
      open: isOpen,
      ontoggle: (event) => (event.target.open ? explorer.open.add(name) : explorer.open.delete(name)),
    },
    element(
      "summary",
      { "data-focus": `facet ${name}` },
      breakable(found.title),
      found.path ? element("span", { class: "path" }, breakable(found.path)) : null,
    ),
    element("ul", {}, items),
  );
}

// The chosen columns; settings beside the name, where they are in sight.
function shownColumns() {
  const wanted = explorer.parameters.get("columns");
  const chosen = wanted ? wanted.split(",") : DEFAULT_COLUMNS;
  const settings = [...explorer.parameters.keys(), ...chosen].filter((name) => name.startsWith("s:"));
  const others = chosen.filter((name) => !name.startsWith("s:"));
  const shown = [...new Set(["name", ...settings, ...others])];
  return shown
    .filter((name) => !(data.summary.redacted && name === "email"))
    .map(columnOf)
    .filter(Boolean);
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
      element(
        "label",
        {},
        element("input", {
          type: "checkbox",
          checked: chosen.has(each.name),
          "data-focus": `column ${each.name}`,
          onchange: toggle(each.name),
        }),
        each.title,
      ),
    ),
  );
  return element(
    "details",
    { class: "popover", open: explorer.choosing, ontoggle: (event) => (explorer.choosing = event.target.open) },
    element("summary", { "data-focus": "columns" }, "Columns"),
    element("div", {}, element("ul", {}, boxes)),
  );
}

// Finds a setting by any words of its path, property or description, and shows it as a column with a facet.
function settingPicker(shown) {
  const found = element("ul", { class: "plain", "aria-label": "Settings found" });
  const choose = (setting) =>
    changeParameters((parameters) =>
      parameters.set("columns", [...new Set([...shown.map((each) => each.name), `s:${setting.name}`])].join(",")),
    );
  const search = element("input", {
    type: "search",
    autocomplete: "off",
    placeholder: "waiting room",
    "data-focus": "setting",
    oninput: debounced(() => {
      const isMeant = (each) => each.part !== null && search.value.trim() && isAbout(each, search.value);
      const settings = data.settingList.filter(isMeant);
      const items = settings.slice(0, MAX_SETTINGS).map((each) => {
        const pick = { type: "button", class: "pick", onclick: () => choose(each) };
        return element("li", {}, element("button", pick, each.description, pathOf(each)));
      });
      if (settings.length > MAX_SETTINGS) {
        items.push(element("li", { class: "small" }, `${number(settings.length - MAX_SETTINGS)} more`));
      }
      if (search.value.trim() && !settings.length) items.push(element("li", { class: "small" }, "No setting found."));
      found.replaceChildren(...items);
    }, 80),
  });
  return element("div", {}, element("label", { class: "wide" }, "Filter by a setting", search), found);
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
      return element(
        "li",
        {},
        element("button", { type: "button", "aria-label": `Remove ${text}`, onclick: drop }, `${text} ×`),
      );
    }),
  );
  return items.length ? element("ul", { class: "chips", "aria-label": "Filters" }, items) : null;
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
  const search =
    view.querySelector("#people-search") ||
    element("input", {
      type: "search",
      id: "people-search",
      autocomplete: "off",
      placeholder: "Name, address or employee number",
      oninput: debounced(
        () =>
          changeParameters((changed) => {
            const text = document.getElementById("people-search").value;
            if (text) changed.set("q", text);
            else changed.delete("q");
          }, true),
        60,
      ),
    });
  if (document.activeElement !== search) search.value = parameters.get("q") || "";
  const facets = element(
    "details",
    {
      class: "facets",
      open: narrow ? explorer.filtering : true,
      ontoggle: (event) => (explorer.filtering = event.target.open),
    },
    element("summary", { "data-focus": "filters" }, "Filters"),
    element(
      "div",
      {},
      settingPicker(columns),
      facetNames().map((name) => facetElement(name, counts.get(name))),
    ),
  );
  const saved = () =>
    saveCsv(
      "people.csv",
      columns.map((each) => each.title),
      rows.map((row) => columns.map((each) => each.text(row))),
    );
  const { frame, render } = rowsTable(rows, columns, sort);
  const count = element(
    "strong",
    { role: "status", id: "people-count" },
    `${number(rows.length)} of ${many(data.people, "person", "people")}`,
  );
  const bar = element(
    "div",
    { class: "actions" },
    count,
    columnChooser(columns),
    element("button", { type: "button", "data-focus": "csv", onclick: saved }, "Save as CSV"),
    element(
      "button",
      { type: "button", "data-focus": "clear", onclick: () => go("people", new URLSearchParams()) },
      "Clear all",
    ),
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
  right.replaceChildren(
    ...[
      bar,
      chips(),
      partialNote(PEOPLE_TYPES, data.summary.hasGaps),
      rows.length
        ? null
        : element(
            "p",
            { class: "notice" },
            data.people ? "Nobody matches. Search for less, or remove a filter." : noPeople(),
          ),
      frame,
    ].filter(Boolean),
  );
  if (scrolled) facets.scrollTop = scrolled;
  render();
  if (focus) view.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}
