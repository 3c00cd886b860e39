// The data of the page: unpacked once, then read-only. People are columns; their settings are documents that many
// share, each kept as its differences from the most common one.

const TEXT_COLUMNS = new Set(["key", "name", "email", "employee"]);
const NUMBER_COLUMNS = new Set(["created", "lastSignIn", "stale"]);
const SLICE = 4 * 65536;

class Column {
  constructor(kind) {
    this.kind = kind;
    this.values = []; // of text and number columns: the values; of others: the place of the value in `distinct`
    this.distinct = [];
    this.places = new Map();
  }

  append(packed, count) {
    const values = packed.r || packed.d;
    const place = (value) => (this.kind === "coded" ? this.placeOf(value) : value);
    const placed = values.map(place);
    if (packed.r) {
      for (const each of placed) this.values.push(each);
    } else if (packed.c === 0) {
      for (let i = 0; i < count; i++) this.values.push(placed[0]);
    } else {
      for (const code of packed.c) this.values.push(placed[code]);
    }
  }

  placeOf(value) {
    const name = JSON.stringify(value);
    let place = this.places.get(name);
    if (place === undefined) {
      place = this.distinct.length;
      this.places.set(name, place);
      this.distinct.push(value);
    }
    return place;
  }

  at(row) {
    return this.kind === "coded" ? this.distinct[this.values[row]] : this.values[row];
  }
}

class Part {
  constructor() {
    this.base = [];
    this.documents = [];
  }

  // What a document says of a setting: undefined if there is no document, null if Zoom says nothing.
  value(document, setting) {
    if (document < 0) return undefined;
    const differences = this.documents[document];
    for (let i = 0; i < differences.length; i += 2) {
      if (differences[i] === setting) return differences[i + 1];
    }
    const value = this.base[setting];
    return value === undefined ? null : value;
  }
}

const data = {
  people: 0,
  columns: new Map(),
  verdicts: new Map(),
  parts: new Map(),
  account: null,
  groups: [],
  roles: [],
  changes: [],
  summary: null,
};

function column(name) {
  let found = data.columns.get(name);
  if (!found) {
    const kind = TEXT_COLUMNS.has(name) ? "text" : NUMBER_COLUMNS.has(name) || /^doc\d/.test(name) ? "number" : "coded";
    found = new Column(kind);
    data.columns.set(name, found);
  }
  return found;
}

function part(name) {
  let found = data.parts.get(name);
  if (!found) data.parts.set(name, (found = new Part()));
  return found;
}

function take(line) {
  if (line.people) {
    for (const [name, packed] of Object.entries(line.columns)) column(name).append(packed, line.people);
    for (const [question, letters] of Object.entries(line.verdicts)) {
      data.verdicts.set(question, (data.verdicts.get(question) || "") + letters);
    }
    data.people += line.people;
  } else if (line.base) {
    for (const [setting, value] of line.base) part(line.part).base[setting] = value;
  } else if (line.documents) {
    for (const each of line.documents) part(line.part).documents.push(each);
  } else if (line.group) data.groups.push(line.group);
  else if (line.role) data.roles.push(line.role);
  else if (line.change) data.changes.push(line.change);
  else if (line.account) data.account = line.account;
  else if (line.summary) data.summary = line.summary;
}

function decoded(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function unpack() {
  const element = document.getElementById("data");
  const text = element.textContent;
  element.remove();
  let at = 0;
  const compressed = new ReadableStream({
    pull(controller) {
      if (at >= text.length) return controller.close();
      controller.enqueue(decoded(text.slice(at, at + SLICE)));
      at += SLICE;
    },
  });
  const reader = compressed
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let rest = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = value.split("\n");
    rest.push(lines[0]);
    if (lines.length > 1) {
      take(JSON.parse(rest.join("")));
      for (const line of lines.slice(1, -1)) take(JSON.parse(line));
      rest = [lines[lines.length - 1]];
    }
  }
  const { settings, parts } = data.summary;
  data.settings = new Map(settings.map((each, number) => [each.name, { ...each, number }]));
  data.settingList = [...data.settings.values()];
  data.partNames = parts;
  data.groupPlaces = new Map(data.groups.map((each, place) => [each.key, place]));
  data.rolePlaces = new Map(data.roles.map((each, place) => [each.key, place]));
}

// The value of a person's setting: undefined if it was not read, null if Zoom sends none.
function valueOf(row, setting) {
  if (setting.part === null) return null;
  return part(data.partNames[setting.part]).value(column(`doc${setting.part}`).at(row), setting.number);
}

// Whether every word of a search is in a text. Case, dots and underscores do not count, nor do the endings in which
// "record locally" differs from "local recording".
function hasWords(text, wanted) {
  const said = text.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/[\s_.]+/)
    .every((word) => said.includes(word.replace(/(?<=\w{4})(ly|ing|ed|s)$/, "")));
}

function isAbout(setting, wanted) {
  return hasWords(`${setting.path} ${setting.name} ${setting.description}`, wanted);
}

function rowOf(key) {
  return column("key").values.indexOf(key);
}

function membersOf(columnName, place) {
  const found = column(columnName);
  const has = found.distinct.map((places) => places.includes(place));
  const rows = [];
  for (let row = 0; row < data.people; row++) if (has[found.values[row]]) rows.push(row);
  return rows;
}
