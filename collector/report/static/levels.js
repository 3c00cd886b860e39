// Groups and roles: who is in them, what they may, and where groups are weaker than the account.

const MAX_PEOPLE = 100;

function counted(name, entities) {
  const counts = new Uint32Array(entities.length);
  const { values, distinct } = column(name);
  const byCode = new Uint32Array(distinct.length);
  for (const code of values) byCode[code]++;
  distinct.forEach((places, code) => places.forEach((place) => (counts[place] += byCode[code])));
  return counts;
}

function standings(group) {
  return data.settingList
    .filter((each) => each.group)
    .map((setting) => {
      const standing = groupStanding(group, setting);
      const isComparable = levelOf(data.account, setting, "account").value.value !== null;
      return { setting, ...standing, differs: standing.differs && (isComparable || standing.locksMore) };
    });
}

const GROUP_TYPES = ["zoom_group", "zoom_group_has_user"];
const ROLE_TYPES = ["zoom_role", "zoom_user_assigned_role"];

function groupsNote() {
  const why = data.summary.groupsUnread;
  return why
    ? element(
        "p",
        { class: "notice warn" },
        `Not all groups are known: ${why}. `,
        link("See what was not read", "overview"),
        ".",
      )
    : partialNote([...GROUP_TYPES, "zoom_user"]);
}

function rolesNote() {
  return partialNote([...ROLE_TYPES, "zoom_user"]);
}

function showGroups() {
  const members = counted("groups", data.groups);
  const rows = data.groups.map((group, place) => {
    const found = standings(group);
    const weaker = found.filter((each) => each.isWeaker).length;
    const unread = found.some((each) => each.isUnread);
    return {
      count: members[place],
      weaker,
      cells: [
        link(group.name, "group", { key: group.key }),
        link(number(members[place]), "people", { group: group.key }),
        group.total === null || group.total === undefined ? "not known" : number(group.total),
        unread && !weaker ? "not known" : weaker ? badge(number(weaker), "bad") : "0",
        number(found.filter((each) => each.differs).length) + (unread ? " known" : ""),
        number(found.filter((each) => each.level.lock.value === true).length) + (unread ? " known" : ""),
      ],
    };
  });
  rows.sort((one, other) => other.weaker - one.weaker || other.count - one.count);
  fillView(
    "groups",
    "Groups",
    rows.length &&
      element(
        "p",
        { class: "lead" },
        "A group is weaker where its value is insecure and the account’s is not. The weakest groups are first.",
      ),
    groupsNote(),
    rows.length
      ? element(
          "section",
          { class: "card" },
          table(
            [
              "Group",
              { number: "Members" },
              { number: "Members by Zoom’s count" },
              { number: "Weaker than the account" },
              { number: "Settings that differ" },
              { number: "Settings locked" },
            ],
            rows.map((each) => each.cells),
            { label: "Groups" },
          ),
        )
      : element("p", {}, data.summary.groupsUnread ? "" : "The account has no groups."),
  );
}

function peopleCard(title, rows, parameters) {
  const shown = rows
    .slice(0, MAX_PEOPLE)
    .map((row) => [
      link(column("name").at(row), "person", { key: column("key").at(row) }),
      column("status").at(row),
      names(column("roles").at(row), data.roles),
    ]);
  return card(
    `${title} (${number(rows.length)})`,
    element("p", { class: "actions" }, link("All in the table of people", "people", parameters)),
    rows.length ? table(["Name", "Status", "Roles"], shown, { label: title }) : element("p", {}, "Nobody."),
    rows.length > MAX_PEOPLE ? element("p", { class: "small" }, `${number(rows.length - MAX_PEOPLE)} more.`) : null,
  );
}

function showGroup(parameters) {
  const place = data.groupPlaces.get(parameters.get("key"));
  if (place === undefined) return fillView("group", "No such group", element("p", {}, link("All groups", "groups")));
  const group = data.groups[place];
  const found = standings(group);
  const row = ({ setting, level, isWeaker }) => [
    settingLink(setting),
    isWeaker ? badge(`${knownText(level.value)} · weaker`, "bad") : knownText(level.value),
    knownText(levelOf(data.account, setting, "account").value),
    setting.lock ? lockWord(level.lock) : "no lock",
  ];
  const headings = ["Setting", "Group", "Account", "Lock of the group"];
  const differing = found.filter((each) => each.differs).sort((one, other) => other.isWeaker - one.isWeaker);
  const unread = [
    ...new Set(found.flatMap((each) => [each.level.value.unread, each.level.lock.unread]).filter(Boolean)),
  ];
  fillView(
    "group",
    group.name,
    groupsNote(),
    element(
      "p",
      { class: "actions" },
      link("Draw this group", "picture", { of: group.key }),
      link("All groups", "groups"),
    ),
    card(
      `Where it differs from the account (${number(differing.length)})`,
      unread.length ? element("p", {}, `Not all of it is known: ${unread.join("; ")}.`) : null,
      differing.length
        ? table(headings, differing.map(row), { label: "Where it differs from the account", kind: "levels" })
        : element("p", {}, "Nowhere, as far as is known."),
    ),
    peopleCard("Members", membersOf("groups", place), { group: group.key }),
  );
}

function showRoles() {
  const holders = counted("roles", data.roles);
  const rows = data.roles.map((role, place) => [
    link(role.name, "role", { key: role.key }),
    role.builtIn ? "built in" : "custom",
    role.admin === true ? "yes" : role.admin === false ? "no" : "not known",
    link(number(holders[place]), "people", { role: role.key }),
    role.privileges ? number(role.privileges.length) : "not known",
  ]);
  fillView(
    "roles",
    "Roles",
    rolesNote(),
    rows.length
      ? element(
          "section",
          { class: "card" },
          table(["Role", "Kind", "Administers", { number: "People" }, { number: "Privileges" }], rows, {
            label: "Roles",
          }),
        )
      : element("p", {}, isPartial(ROLE_TYPES) ? "No role is known." : "The account has no roles."),
  );
}

function showRole(parameters) {
  const place = data.rolePlaces.get(parameters.get("key"));
  if (place === undefined) return fillView("role", "No such role", element("p", {}, link("All roles", "roles")));
  const role = data.roles[place];
  const held = role.privileges && new Set(role.privileges);
  const others = data.roles.filter((each) => each !== role && each.privileges);
  fillView(
    "role",
    role.name,
    rolesNote(),
    element("p", { class: "actions" }, link("Draw this role", "picture", { of: role.key }), link("All roles", "roles")),
    role.description ? element("p", {}, role.description) : null,
    peopleCard("Who holds it", membersOf("roles", place), { role: role.key }),
    card(
      "Privileges",
      held
        ? table(
            ["Privilege", "Other roles that hold it"],
            [...held].map((name) => [
              name,
              others
                .filter((each) => each.privileges.includes(name))
                .map((each) => each.name)
                .join(", ") || "none",
            ]),
            { label: "Privileges" },
          )
        : element("p", {}, "Not known: Zoom did not send them, or they were not read."),
    ),
  );
}
