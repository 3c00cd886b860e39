// What changed since the reading before.

function changeTitle(change) {
  const names = change.properties.map((each) => {
    const setting = data.settings.get(each);
    const isDescribed = setting && setting.path !== setting.name;
    return isDescribed ? setting.description : data.summary.words[each] || each;
  });
  const said = [...new Set(names)].join(", "); // several properties may have one meaning
  const title = saidOnce(said ? `${change.title}: ${said}` : change.title);
  return title[0].toUpperCase() + title.slice(1);
}

function changedSettings(change) {
  return change.properties.map((each) => data.settings.get(each)).filter(Boolean);
}

// A value before or after; of what is no setting, one that is not there is nothing.
function changedText(change, value) {
  const isSetting = change.properties.some((each) => data.settings.has(each));
  return value === null && !isSetting ? "nothing" : valueText(value);
}

function entityLink([key, name], type) {
  const view = { zoom_user: "person", zoom_group: "group", zoom_role: "role" }[type];
  const isHere =
    view === "person" ? rowOf(key) >= 0 : view === "group" ? data.groupPlaces.has(key) : data.rolePlaces.has(key);
  return view && isHere ? link(name, view, { key }) : name;
}

function changeCard(change) {
  const names = change.who.map((who) => element("li", {}, entityLink(who, change.type)));
  const more = change.count - change.who.length;
  return element(
    "article",
    { class: "card" },
    element(
      "h2",
      {},
      changeTitle(change),
      change.certain ? null : " ",
      change.certain ? null : badge("not certain", "unknown"),
    ),
    change.certain ? null : element("p", { class: "small" }, "It may have changed, or only not have been read before."),
    changedSettings(change).map(pathOf),
    change.properties.length
      ? element("p", {}, `${changedText(change, change.old)} → ${changedText(change, change.new)}`)
      : null,
    element(
      "details",
      { open: change.count <= 10 },
      element("summary", {}, many(change.count, change.type.replace(/^zoom_/, ""))),
      element("ul", { class: "plain" }, names),
      more > 0 ? element("p", { class: "small" }, `${number(more)} more.`) : null,
    ),
  );
}

function showChanges(parameters) {
  const head = data.summary.changes;
  if (!head) return fillView("changes", "Changes", element("p", {}, "There is no earlier reading to compare with."));
  const kinds = [...new Set(data.changes.map((each) => each.what))];
  const kind = parameters.get("kind") || "";
  const wanted = parameters.get("q") || "";
  const change = (name, value) => {
    const changed = new URLSearchParams(parametersNow());
    if (value) changed.set(name, value);
    else changed.delete(name);
    go("changes", changed, true);
  };
  const shown = data.changes.filter(
    (each) =>
      (!kind || each.what === kind) &&
      hasWords([changeTitle(each), ...each.properties, ...each.who.map((who) => who[1])].join(" "), wanted),
  );
  const view = document.getElementById("view-changes");
  if (!view.querySelector("#changes-found")) {
    fillView(
      "changes",
      "Changes",
      element(
        "p",
        { class: "lead" },
        `Between run ${head.since} (${minute(head.sinceReadAt)}) and run ${data.summary.run} (${minute(data.summary.readAt)}).`,
      ),
      head.notCompared.length
        ? element(
            "div",
            { class: "notice warn" },
            element("p", {}, "Not everything could be compared:"),
            element(
              "ul",
              {},
              head.notCompared.map((sentence) => element("li", {}, sentence.replaceAll("`", ""))),
            ),
          )
        : null,
      element(
        "div",
        { class: "filter" },
        searchField("changes-search", (text) => change("q", text), {
          value: parameters.get("q") || "",
        }),
        element(
          "label",
          {},
          "What happened",
          element(
            "select",
            { id: "changes-kind", onchange: (event) => change("kind", event.target.value) },
            element("option", { value: "" }, "Everything"),
            kinds.map((each) => element("option", { value: each }, each)),
          ),
        ),
      ),
      element("div", { id: "changes-found" }),
    );
  }
  document.getElementById("changes-kind").value = kind;
  view
    .querySelector("#changes-found")
    .replaceChildren(
      element("p", { role: "status" }, many(shown.length, "change")),
      element("div", { class: "columns" }, shown.map(changeCard)),
    );
}
