// Every setting: default, lock, who has which value, which groups differ, and who is an outlier.

const OUTLIER_SHARE = 0.05;
const MAX_OUTLIERS = 50;
const MAX_GROUP_NAMES = 3;

function groupStanding(group, setting) {
  const account = levelOf(data.account, setting, "account");
  const level = levelOf(group, setting, group.name);
  const isKnown = !level.value.unread && level.value.value !== null;
  const locksMore = level.lock.value === true && account.lock.value !== true;
  const differs =
    locksMore || (isKnown && (account.value.value === null || !same(account.value.value, level.value.value)));
  const isWeaker =
    setting.weak !== null &&
    isKnown &&
    same(level.value.value, setting.weak) &&
    account.value.value !== null &&
    !same(account.value.value, setting.weak);
  return { group, level, differs, locksMore, isWeaker, isUnread: Boolean(level.value.unread || level.lock.unread) };
}

function knownText(known) {
  return known.unread ? "not known" : valueText(known.value);
}

function lockWord(known) {
  if (known.unread) return "not known";
  return known.value === true ? "locked" : known.value === false ? "not locked" : "Zoom does not say";
}

function groupNames(groups) {
  if (!groups.length) return null;
  const named = groups.slice(0, MAX_GROUP_NAMES).map((group) => group.name);
  return element("span", { class: "path" }, named.join(", ") + (groups.length > named.length ? " …" : ""));
}

function spreadOf(setting) {
  const parts = distribution(setting);
  const said = parts.map(([text, count]) => `${text}: ${number(count)}`).join(" · ");
  return element("span", {}, distributionBar(parts), element("span", { class: "path" }, said || "nobody"));
}

function settingRow(setting) {
  const account = levelOf(data.account, setting, "account");
  const differing = setting.group ? data.groups.filter((group) => groupStanding(group, setting).differs) : [];
  return [
    settingLink(setting),
    setting.account ? knownText(account.value) : "not of the account",
    setting.lock ? lockWord(account.lock) : "no lock",
    setting.values ? spreadOf(setting) : element("span", { class: "path" }, "people have no such setting"),
    setting.group ? element("span", {}, number(differing.length), groupNames(differing)) : "–",
  ];
}

function showSettings(parameters) {
  const wanted = (parameters.get("q") || "").toLowerCase();
  const section = parameters.get("section") || "";
  const isDiffering = parameters.get("differs") === "yes";
  const view = document.getElementById("view-settings");
  const change = (name, value) => {
    const changed = new URLSearchParams(parametersNow());
    if (value) changed.set(name, value);
    else changed.delete(name);
    go("settings", changed, true);
  };
  const found = data.settingList.filter((setting) => {
    if (section && setting.section !== section) return false;
    if (!isAbout(setting, wanted)) return false;
    const spread = setting.values && setting.values.length > 1;
    return !isDiffering || spread || data.groups.some((group) => groupStanding(group, setting).differs);
  });
  const bySection = new Map(data.summary.sections.map((name) => [name, []]));
  for (const setting of found) bySection.get(setting.section).push(settingRow(setting));
  const tables = [];
  for (const [name, rows] of bySection) {
    if (rows.length)
      tables.push(
        card(
          `${name} (${number(rows.length)})`,
          table(["Setting", "Account", "Lock", "People", { number: "Groups that differ" }], rows, {
            label: name,
            kind: "spread",
          }),
        ),
      );
  }
  const result = view.querySelector("#settings-found");
  if (!result) {
    fillView(
      "settings",
      "Settings",
      partialNote(["zoom_user", "zoom_group"], data.summary.hasGaps),
      element(
        "p",
        { class: "lead" },
        "The account’s default, whether it is locked, which values people have, and how many groups differ.",
      ),
      element(
        "div",
        { class: "filter" },
        searchField("settings-search", (text) => change("q", text), {
          value: parameters.get("q") || "",
          placeholder: "record, waiting room, chat …",
        }),
        element(
          "label",
          {},
          "Section",
          element(
            "select",
            { id: "settings-section", onchange: (event) => change("section", event.target.value) },
            element("option", { value: "" }, "All"),
            data.summary.sections.map((name) => element("option", { value: name }, name)),
          ),
        ),
        element(
          "label",
          { class: "check" },
          element("input", {
            type: "checkbox",
            id: "settings-differs",
            onchange: (event) => change("differs", event.target.checked ? "yes" : ""),
          }),
          "Only where groups or people differ",
        ),
      ),
      element("div", { id: "settings-found" }),
    );
  }
  document.getElementById("settings-section").value = section;
  document.getElementById("settings-differs").checked = isDiffering;
  const count = found.length ? many(found.length, "setting") : "No setting has all these words. Try one of them.";
  view.querySelector("#settings-found").replaceChildren(element("p", { role: "status" }, count), ...tables);
}

function settingOutliers(setting) {
  const read = setting.values.reduce((sum, each) => sum + each[1], 0) + setting.others[1];
  return setting.values.filter(([, count], at) => at > 0 && count < read * OUTLIER_SHARE);
}

function showSetting(parameters) {
  const setting = data.settings.get(parameters.get("name"));
  if (!setting) return fillView("setting", "No such setting", element("p", {}, link("All settings", "settings")));
  const account = levelOf(data.account, setting, "account");
  const standings = setting.group ? data.groups.map((group) => groupStanding(group, setting)) : [];
  const differing = standings.filter((each) => each.differs).sort((one, other) => other.isWeaker - one.isWeaker);
  const unread = standings.filter((each) => each.isUnread).length;
  const groupRows = differing.map(({ group, level, isWeaker }) => [
    link(group.name, "group", { key: group.key }),
    isWeaker ? badge(`${knownText(level.value)} · weaker than the account`, "bad") : knownText(level.value),
    lockWord(level.lock),
  ]);
  const accountCard = card(
    "The account",
    setting.account
      ? element(
          "dl",
          { class: "facts" },
          fact(
            "Default",
            knownText(account.value),
            account.value.unread ? element("span", { class: "path" }, account.value.unread) : null,
          ),
          fact(
            "Lock",
            setting.lock ? lockWord(account.lock) : "Zoom has none",
            account.lock.unread ? element("span", { class: "path" }, account.lock.unread) : null,
          ),
        )
      : element("p", {}, "The account has no such setting."),
  );
  const groupsCard = card(
    "Groups",
    data.summary.groupsUnread ? element("p", {}, `Not known: ${data.summary.groupsUnread}.`) : null,
    unread ? element("p", {}, `Not known of ${many(unread, "group")}, whose settings or locks were not read.`) : null,
    !setting.group
      ? element("p", {}, "Groups have no such setting.")
      : differing.length
        ? table(["Group", "Value", "Lock"], groupRows, { label: "Groups that differ" })
        : element("p", {}, "No group is known to differ from the account."),
  );
  const cards = [accountCard];
  if (setting.values) {
    const open = (value) => ({ [`s:${setting.name}`]: JSON.stringify(value) });
    const rows = setting.values.map(([value, count]) => [
      setting.weak !== null && same(value, setting.weak)
        ? badge(`${valueText(value)} · insecure`, "bad")
        : valueText(value),
      link(number(count), "people", open(value)),
    ]);
    if (setting.others[0]) rows.push([`${number(setting.others[0])} other values`, number(setting.others[1])]);
    if (setting.without) rows.push(["Zoom does not say", link(number(setting.without), "people", open(null))]);
    if (setting.unread)
      rows.push([
        `not known: ${setting.because}`,
        link(number(setting.unread), "people", { [`s:${setting.name}`]: "unread" }),
      ]);
    cards.push(
      card(
        "People",
        rows.length ? distributionBar(distribution(setting)) : element("p", {}, noPeople()),
        rows.length ? table(["Value", { number: "People" }], rows, { label: "People by value" }) : null,
      ),
      groupsCard,
    );
    const outliers = settingOutliers(setting);
    if (outliers.length) cards.push(outlierCard(setting, outliers));
  } else cards.push(card("People", element("p", {}, "People have no such setting.")), groupsCard);
  fillView(
    "setting",
    setting.description,
    partialNote(["zoom_user", "zoom_group"], data.summary.hasGaps),
    element(
      "p",
      { class: "small" },
      element("code", {}, breakable(setting.path)),
      " ",
      element("code", {}, setting.name),
      ` · ${setting.section} · `,
      link("All settings", "settings"),
    ),
    ...cards,
  );
}

function outlierCard(setting, outliers) {
  const wanted = new Set(outliers.map(([value]) => JSON.stringify(value)));
  const rows = [];
  let count = 0;
  for (let row = 0; row < data.people; row++) {
    const value = valueOf(row, setting);
    if (value === undefined || value === null || !wanted.has(JSON.stringify(value))) continue;
    if (++count <= MAX_OUTLIERS)
      rows.push([link(column("name").at(row), "person", { key: column("key").at(row) }), valueText(value)]);
  }
  return card(
    "Outliers",
    element(
      "p",
      { class: "small" },
      `Values that fewer than ${OUTLIER_SHARE * 100} % of people have: ${many(count, "person", "people")}.`,
    ),
    table(["Person", "Value"], rows, { label: "Outliers" }),
    count > MAX_OUTLIERS
      ? element("p", { class: "small" }, `${number(count - MAX_OUTLIERS)} more: choose a value above.`)
      : null,
  );
}
