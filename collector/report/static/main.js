// Which view is shown is in the address, so that a view can be sent: `#people?status=active`.

const VIEWS = {
  overview: () => {},
  questions: showQuestions,
  people: showPeople,
  person: showPerson,
  settings: showSettings,
  setting: showSetting,
  groups: showGroups,
  group: showGroup,
  roles: showRoles,
  role: showRole,
  picture: showPicture,
  changes: showChanges,
};
const TABS = { person: "people", setting: "settings", group: "groups", role: "roles" };
const WITHOUT_DATA = new Set(["overview", "questions"]);
let isUnpacked = false;

function parametersNow() {
  const text = location.hash.slice(1);
  const at = text.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : text.slice(at + 1));
}

function viewNow() {
  const name = location.hash.slice(1).split("?")[0];
  if (name in VIEWS) return [name, parametersNow()];
  const question = document.getElementById(decodeURIComponent(name));
  if (question?.classList.contains("question")) return ["questions", new URLSearchParams({ id: question.id })];
  return ["overview", new URLSearchParams()];
}

// Shows a view. `replace`: it is the present one with other filters; whoever has left it meanwhile stays away.
// `isShown`: it shows them already.
function go(view, parameters, replace, isShown) {
  const hash = address(view, parameters);
  if (hash === location.hash || (replace && viewNow()[0] !== view)) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  if (isShown) sayAddress();
  else show();
}

// What to send with the file, so that somebody else sees the same: the address of the file is one of this computer.
function sayAddress() {
  document.getElementById("address").textContent = location.hash || "#overview";
}

let shownView = "";
function show() {
  const [name, parameters] = viewNow();
  sayAddress();
  const asked = location.hash.slice(1).split("?")[0];
  const unknown = document.getElementById("unknown-view");
  const isKnown = !asked || name !== "overview" || asked === "overview" || document.getElementById(asked);
  unknown.hidden = Boolean(isKnown);
  unknown.textContent = isKnown ? "" : `The page has no view “${asked}”: this is the overview.`;
  for (const section of document.querySelectorAll(".view")) {
    section.hidden = section.id !== name && section.id !== `view-${name}`;
  }
  for (const tab of document.querySelectorAll("nav a")) {
    if (tab.getAttribute("href") === `#${TABS[name] || name}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (isUnpacked || WITHOUT_DATA.has(name)) VIEWS[name](parameters);
  const entity = `${name} ${parameters.get("key") || parameters.get("name") || parameters.get("of") || ""}`;
  if (shownView !== entity) {
    if (shownView) document.getElementById("main").focus({ preventScroll: true });
    if (!parameters.get("id")) scrollTo(0, 0);
  }
  shownView = entity;
}

let questionOrder = null; // that of the file
function showQuestions(parameters) {
  const articles = [...document.querySelectorAll(".question")];
  const choose = (name, options, title) =>
    element(
      "label",
      {},
      title,
      element(
        "select",
        { id: `question-${name}`, onchange: (event) => changeFilter(name, event.target.value) },
        element("option", { value: "" }, "All"),
        options.map(([value, text]) => element("option", { value }, text)),
      ),
    );
  const changeFilter = (name, value) => {
    const changed = parametersNow();
    changed.delete("id");
    if (value) changed.set(name, value);
    else changed.delete(name);
    go("questions", changed, true);
  };
  const distinct = (name) =>
    [...new Set(articles.flatMap((each) => each.dataset[name].split(" ").filter(Boolean)))].sort((one, other) =>
      one.localeCompare(other, "en", { numeric: true }),
    );
  const filter = document.getElementById("question-filter");
  if (!filter.children.length) {
    filter.append(
      searchField("question-q", (text) => changeFilter("q", text)),
      choose(
        "verdict",
        [
          ["BAD", "something bad"],
          ["UNKNOWN", "not known"],
          ["GOOD", "all good"],
          ["LIST", "list without a verdict"],
        ],
        "Verdict",
      ),
      choose(
        "tag",
        distinct("tags").map((each) => [each, each]),
        "Tag",
      ),
      choose(
        "requirement",
        distinct("requirements").map((each) => [each, each]),
        "CIS requirement",
      ),
      element("p", { role: "status", id: "question-count", class: "small" }),
    );
  }
  const value = (name) => parameters.get(name) || "";
  for (const name of ["q", "verdict", "tag", "requirement"]) {
    const control = document.getElementById(`question-${name}`);
    if (document.activeElement !== control) control.value = value(name);
  }
  const wanted = value("q");
  let count = 0;
  for (const each of articles) {
    const has = (name, chosen) => !chosen || each.dataset[name].split(" ").includes(chosen);
    each.hidden =
      !has("verdict", value("verdict")) ||
      !has("tags", value("tag")) ||
      !has("requirements", value("requirement")) ||
      !hasWords(each.textContent, wanted);
    if (!each.hidden) count++;
  }
  document.getElementById("question-count").textContent = many(count, "question");
  // Those with the words in their title come first.
  const isTitled = (each) => wanted && hasWords(each.querySelector("h2").textContent, wanted);
  questionOrder = questionOrder || articles;
  const sorted = [...questionOrder].sort((one, other) => Boolean(isTitled(other)) - Boolean(isTitled(one)));
  if (sorted.some((each, at) => each !== articles[at])) document.getElementById("questions").append(...sorted);
  const chosen = value("id") && document.getElementById(value("id"));
  if (chosen) {
    chosen.hidden = false;
    chosen.scrollIntoView();
    for (const each of chosen.querySelectorAll("details")) each.open = true;
  }
}

// Rows of questions lead to the cards of what they are about.
function linkRows() {
  for (const row of document.querySelectorAll("[data-key]")) {
    const { key } = row.dataset;
    const view =
      key.startsWith("zoom_group:") || data.groupPlaces.has(key)
        ? "group"
        : data.rolePlaces.has(key)
          ? "role"
          : rowOf(key) >= 0
            ? "person"
            : "";
    const cell = row.firstElementChild;
    if (view && cell) cell.replaceChildren(link(cell.textContent, view, { key }));
  }
  for (const each of document.querySelectorAll("[data-hash]")) each.setAttribute("href", `#${each.dataset.hash}`);
}

// What is chosen in the fields above a view, in words: the fields are not printed.
function chosenInWords(filter) {
  const chosen = [...filter.querySelectorAll("label")].map((label) => {
    const control = label.querySelector("input, select");
    if (control.type === "checkbox") return control.checked ? label.textContent : "";
    const text = control.selectedOptions ? control.selectedOptions[0].textContent : control.value;
    return control.value ? `${label.firstChild.textContent}: ${text}` : "";
  });
  return chosen.filter(Boolean).join(" · ");
}

// Printed are also the filters, and the people of questions and alerts, which are behind a click on the screen.
let opened = [];
addEventListener("beforeprint", () => {
  for (const filter of document.querySelectorAll(".view:not([hidden]) .filter")) {
    const words = chosenInWords(filter);
    if (words) filter.after(element("p", { class: "printed" }, `Shown: ${words}`));
  }
  opened = [...document.querySelectorAll("#overview:not([hidden]) details, #questions:not([hidden]) details")];
  opened = opened.filter((each) => !each.open);
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of document.querySelectorAll(".printed")) each.remove();
  for (const each of opened.splice(0)) each.open = false;
});

async function start() {
  const loading = document.getElementById("loading");
  document.documentElement.classList.add("js");
  addEventListener("hashchange", show);
  addEventListener("popstate", show);
  show();
  if (typeof DecompressionStream === "undefined") {
    loading.textContent =
      "This browser cannot unpack the page’s data (it has no DecompressionStream), so only overview and questions are here. Chrome 80, Firefox 113 and Safari 16.4 or newer show the rest.";
    loading.hidden = false;
    return;
  }
  loading.textContent = "Unpacking …";
  loading.hidden = false;
  try {
    await unpack();
  } catch (failure) {
    loading.textContent = `The page’s data is damaged (${failure.message}): only overview and questions are here. Write the page again.`;
    return;
  }
  isUnpacked = true;
  loading.hidden = true;
  linkRows();
  shownView = "";
  show();
  document.documentElement.dataset.ready = "yes";
}

start();
