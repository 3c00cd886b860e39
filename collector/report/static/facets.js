// Facets of the table of people: which rows match, and how many would match each value. No elements are made here.

// A facet: `codes` of each row, and for each code the options it stands for.
function facet(name) {
  if (!explorer.facets.has(name)) explorer.facets.set(name, madeFacet(name));
  return explorer.facets.get(name);
}

function madeFacet(name) {
  if (name.startsWith("s:")) return settingFacet(name, data.settings.get(name.slice(2)));
  if (name.startsWith("q:")) return questionFacet(name, name.slice(2));
  if (name === "group") return listFacet("Group", "groups", data.groups, inNoGroup());
  if (name === "role")
    return listFacet("Role", "roles", data.roles, isPartial(ROLE_TYPES) ? "without a known role" : "without a role");
  const { values, distinct } = column(name);
  const options = distinct.map((value) => ({ value: String(value ?? ""), label: String(value ?? "none") }));
  return {
    title: COLUMNS.find((each) => each.name === name).title,
    codes: values,
    options,
    of: distinct.map((_, at) => [at]),
  };
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
  return { title: setting.description, path: setting.path, codes, options, of };
}

function activeFacets() {
  const active = [];
  for (const name of new Set(explorer.parameters.keys())) {
    if (["q", "sort", "columns"].includes(name)) continue;
    const isKnown =
      /^(s|q):/.test(name) || ["status", "licence", "admin", "role", "group", "domain", "department"].includes(name);
    const found = isKnown && facet(name);
    if (!found) continue;
    const chosen = new Set(explorer.parameters.getAll(name));
    const allowed = Uint8Array.from(found.of, (options) =>
      options.some((at) => chosen.has(found.options[at].value)) ? 1 : 0,
    );
    active.push({ name, facet: found, allowed });
  }
  return active;
}

function haystack() {
  if (!explorer.haystack) {
    const all = [column("name").values, column("email").values, column("employee").values];
    explorer.haystack = all[0].map((_, row) =>
      all
        .map((values) => values[row] ?? "")
        .join("\n")
        .toLowerCase(),
    );
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
