// Why a person's setting has its value: the rules of `collector why` (collector/query/why.py), as Zoom resolves levels.

function known(encoded) {
  const isUnread = encoded !== null && typeof encoded === "object" && !Array.isArray(encoded);
  return isUnread ? { value: null, unread: data.summary.reasons[encoded.u] } : { value: encoded, unread: "" };
}

function levelOf(entity, setting, name) {
  if (setting.number >= entity.values.length) {
    return { name, value: { value: null, unread: "" }, lock: { value: null, unread: "" } };
  }
  return { name, value: known(entity.values[setting.number]), lock: known(entity.locks[setting.number]) };
}

function same(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return JSON.stringify([...one].map(String).sort()) === JSON.stringify([...other].map(String).sort());
  }
  return one === other;
}

function mayBe(one, other) {
  return one.value === null || same(one.value, other.value);
}

function explain(user, account, groups, groupsUnread) {
  const verdict = (text, level, because = []) => ({ verdict: text, level, because });
  const unknown = (because) => verdict("not known", null, [...new Set(because)]);
  const locked = (text, levels) => {
    const agreeing = levels.find((level) => mayBe(level.value, user));
    if (agreeing) return verdict(text, agreeing.name);
    return verdict("differs from what the levels say", levels[0].name);
  };
  if (user.value === null) {
    return unknown([
      user.unread ? `the user's settings were not read (${user.unread})` : "Zoom sends no such setting for this user",
    ]);
  }
  if (account.lock.value === true) return locked("locked by the account", [account]);
  const mayLock = [account, ...groups].filter((level) => level.lock.unread && mayBe(level.value, user));
  const locking = groups.filter((group) => group.lock.value === true);
  if (locking.some((group) => mayBe(group.value, user))) return locked("locked by the group", locking);
  if (mayLock.length || groupsUnread) {
    const locks = mayLock.map((level) => `the locks of the ${level.name} were not read (${level.lock.unread})`);
    return unknown(groupsUnread ? [...locks, groupsUnread] : locks);
  }
  if (locking.length) return locked("locked by the group", locking);
  const isSilent = (level) => level.value.value === null && !level.value.unread;
  const first = [...groups, account].find((level) => !isSilent(level));
  if (!first) return unknown(["Zoom names no default for it"]);
  if (first.value.unread) return unknown([`the settings of the ${first.name} were not read (${first.value.unread})`]);
  if (!mayBe(first.value, user)) return verdict("the user's own choice", first.name);
  return verdict(first === account ? "the account's default" : "the group's default", first.name);
}

// The explanation for a person; `levels` of `levelsOf`.
function whyOf(row, setting, levels) {
  const status = column("status").at(row);
  const value = valueOf(row, setting);
  let unread = "";
  if (value === undefined) {
    unread =
      status === "active"
        ? data.summary.partsUnread[setting.part]
        : `Zoom gives none of a user whose status is ${status === "not known" ? "None" : status}`;
  }
  const user = { value: value === undefined ? null : value, unread };
  const account = levelOf(data.account, setting, "account");
  const groups = levels.groups.map((group) => levelOf(group, setting, `group ${group.name}`));
  return { ...explain(user, account, groups, levels.unread), user, account, groups };
}

function levelsOf(row) {
  return {
    groups: column("groups")
      .at(row)
      .map((place) => data.groups[place]),
    unread: column("groupsUnread").at(row),
  };
}
