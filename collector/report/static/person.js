// A person's card: facts, groups and roles, what the questions say, and every setting with who set it.

function lockText(why) {
  if (why.account.lock.value === true) return "yes, by the account";
  const levels = [why.account, ...why.groups];
  const locking = levels.find((level) => level.lock.value === true);
  if (locking) return `yes, by the ${saidOnce(locking.name)}`;
  if (levels.some((level) => level.lock.unread)) return "not known";
  return levels.some((level) => level.lock.value === false) ? "no" : "Zoom does not say";
}

function setBy(why) {
  switch (why.verdict) {
    case "locked by the account":
    case "the account's default":
      return "the account";
    case "locked by the group":
    case "the group's default":
      return `the ${saidOnce(why.level)}`;
    case "the user's own choice":
      return "the person";
    case "differs from what the levels say":
      return `not the ${saidOnce(why.level)}, which locks another value`;
    default:
      if (why.user.value === null && !why.user.unread) return "–"; // Zoom sends no such setting
      return `not known: ${why.because.join("; ")}`;
  }
}

function personSettings(row, onlyOther, wanted) {
  const levels = levelsOf(row);
  const bySection = new Map(data.summary.sections.map((section) => [section, []]));
  let count = 0;
  for (const setting of data.settingList) {
    if (setting.part === null) continue;
    if (!isAbout(setting, wanted)) continue;
    const why = whyOf(row, setting, levels);
    if (onlyOther && (why.user.value === null || mayBe(why.account.value, why.user))) continue;
    count++;
    const shown = why.user.unread ? undefined : why.user.value;
    const weak = setting.weak !== null && same(setting.weak, why.user.value);
    bySection
      .get(setting.section)
      .push([
        settingLink(setting),
        weak ? badge(`${valueText(shown)} · insecure`, "bad") : valueText(shown),
        element(
          "span",
          { "data-setting": setting.name, "data-verdict": why.verdict, "data-level": why.level },
          setBy(why),
        ),
        setting.lock ? lockText(why) : "Zoom has no lock",
      ]);
  }
  const made = [];
  for (const [section, rows] of bySection) {
    if (rows.length)
      made.push(
        element("h3", {}, section),
        table(["Setting", "Value", "Set by", "Locked"], rows, { label: section, kind: "levels" }),
      );
  }
  return made.length ? made : [element("p", {}, count ? "" : "No setting matches.")];
}

function showPerson(parameters) {
  const row = rowOf(parameters.get("key"));
  if (row < 0) return fillView("person", "Nobody", element("p", {}, "This page holds no such person."));
  const text = (name) => columnOf(name).text(row) || "–";
  const entities = (name, list, view, isKnown) => {
    const places = column(name).at(row);
    return places.length
      ? places.flatMap((place, at) => [at ? ", " : "", link(list[place].name, view, { key: list[place].key })])
      : isKnown
        ? "none"
        : "none known";
  };
  const unread = column("groupsUnread").at(row);
  const verdicts = data.summary.questions
    .map((question) => [question, data.verdicts.get(question.id)?.[row]])
    .filter(([, letter]) => letter === "b" || letter === "u")
    .sort((one, other) => one[1].localeCompare(other[1]));
  const settings = element("div");
  const wanted = parameters.get("q") || "";
  const search = element("input", { type: "search", autocomplete: "off", placeholder: "waiting room", value: wanted });
  const other = element("input", { type: "checkbox", checked: parameters.get("differs") === "yes" });
  const fillSettings = () =>
    settings.replaceChildren(...personSettings(row, other.checked, search.value.trim().toLowerCase()));
  const choose = () => {
    fillSettings();
    const chosen = { key: parameters.get("key"), q: search.value.trim(), differs: other.checked ? "yes" : "" };
    const given = Object.entries(chosen).filter(([, value]) => value);
    if (search.isConnected) go("person", given, true, true);
  };
  search.addEventListener("input", debounced(choose, 80));
  other.addEventListener("change", choose);
  fillSettings();
  const stale = column("stale").at(row);
  fillView(
    "person",
    text("name"),
    element(
      "p",
      { class: "actions" },
      link("Draw what this person is tied to", "picture", { of: parameters.get("key") }),
      link("All people", "people"),
    ),
    partialNote(PEOPLE_TYPES, data.summary.hasGaps),
    card(
      "Who it is",
      element(
        "dl",
        { class: "facts" },
        ...(data.summary.redacted ? [] : [fact("E-mail address", breakable(text("email")))]),
        fact("Status", text("status")),
        fact("Licence", text("licence")),
        fact("Administrator", text("admin")),
        fact("Roles", entities("roles", data.roles, "role", !isPartial(ROLE_TYPES))),
        fact(
          "Groups",
          entities("groups", data.groups, "group", !unread),
          unread ? element("span", { class: "path" }, `Not known: ${unread}.`) : null,
        ),
        ...["domain", "department", "employee", "signIn", "lastSignIn", "created", "timezone", "client"].map((name) =>
          fact(columnOf(name).title, text(name)),
        ),
      ),
      stale
        ? element("p", { class: "small" }, "Some of this person’s settings come from an earlier run.")
        : null,
    ),
    card(
      "What the questions say",
      verdicts.length
        ? element(
            "ul",
            { class: "plain" },
            verdicts.map(([question, letter]) =>
              element(
                "li",
                {},
                badge(LETTERS[letter], letter === "b" ? "bad" : "unknown"),
                " ",
                link(question.title, "questions", { id: question.id }),
              ),
            ),
          )
        : element("p", {}, "Nothing bad, and nothing that is not known."),
    ),
    card(
      "Settings",
      element(
        "div",
        { class: "filter" },
        element("label", { class: "wide" }, "Search", search),
        element("label", { class: "check" }, other, "Only those that differ from the account"),
      ),
      settings,
    ),
  );
}
