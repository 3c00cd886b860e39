// The picture: any one thing and what it is tied to, in layers. The same thing is always drawn the same.

const WIDE = { width: 200, space: 90 };
const NARROW = { width: 134, space: 40 };
const BOX = { height: 26, gap: 8, top: 34 };
const FONT = '13px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const CENTRED_UP_TO = 20; // taller layers begin at the top, so that what they are tied to is in sight
const MANY_EDGES = 60; // drawn lighter, or they would be one dark area
const PRINTED_ROWS = 20; // so many boxes fit on a sheet of paper, upright or not
const LIMITS = { group: 30, person: 130, role: 30 };

function layersOf(of) {
  const account = { id: "account", text: saidOnce(`Account ${data.summary.account}`), view: "settings" };
  const groupNode = (place) => ({
    id: `g${place}`,
    text: data.groups[place].name,
    view: "group",
    key: data.groups[place].key,
  });
  const roleNode = (place) => ({
    id: `r${place}`,
    text: data.roles[place].name,
    view: "role",
    key: data.roles[place].key,
  });
  const personNode = (row) => ({
    id: `p${row}`,
    text: column("name").at(row),
    view: "person",
    key: column("key").at(row),
  });
  let people;
  let title;
  let chosen;
  if (data.groupPlaces.has(of)) {
    const place = data.groupPlaces.get(of);
    people = membersOf("groups", place);
    [title, chosen] = [`Group ${data.groups[place].name}`, `g${place}`];
  } else if (data.rolePlaces.has(of)) {
    const place = data.rolePlaces.get(of);
    people = membersOf("roles", place);
    [title, chosen] = [`Role ${data.roles[place].name}`, `r${place}`];
  } else {
    const row = rowOf(of);
    if (row < 0) return null;
    people = [row];
    [title, chosen] = [column("name").at(row), `p${row}`];
  }
  // Who holds a rare role comes first: an administrator must not be among those for whom there is no space.
  const holders = counted("roles", data.roles);
  const rarest = column("roles").distinct.map((places) => Math.min(...places.map((place) => holders[place])));
  const rarity = (row) => rarest[column("roles").values[row]];
  people.sort(
    (one, other) => rarity(one) - rarity(other) || (column("name").at(one) < column("name").at(other) ? -1 : 1),
  );
  const shown = people.slice(0, LIMITS.person);
  const places = (name) => [...new Set(shown.flatMap((row) => column(name).at(row)))].sort((one, other) => one - other);
  let groups = data.groupPlaces.has(of) ? [data.groupPlaces.get(of)] : places("groups");
  let roles = data.rolePlaces.has(of) ? [data.rolePlaces.get(of)] : places("roles");
  roles.sort((one, other) => holders[one] - holders[other] || one - other);
  const more = {
    groups: groups.length - LIMITS.group,
    roles: roles.length - LIMITS.role,
    people: people.length - shown.length,
  };
  [groups, roles] = [groups.slice(0, LIMITS.group), roles.slice(0, LIMITS.role)];
  const edges = groups.map((place) => ["account", `g${place}`]);
  for (const row of shown) {
    const inGroups = column("groups")
      .at(row)
      .filter((place) => groups.includes(place));
    for (const place of inGroups) edges.push([`g${place}`, `p${row}`]);
    if (!inGroups.length) edges.push(["account", `p${row}`]);
    for (const place of column("roles").at(row)) if (roles.includes(place)) edges.push([`p${row}`, `r${place}`]);
  }
  const moreNode = (count, id, view, parameters) =>
    count > 0 ? [{ id, text: `${number(count)} more: see the table`, view, parameters, more: true }] : [];
  const table = data.groupPlaces.has(of) ? { group: of } : { role: of };
  return {
    title,
    chosen,
    edges,
    layers: [
      { title: "Account", nodes: [account] },
      { title: "Groups", nodes: [...groups.map(groupNode), ...moreNode(more.groups, "gmore", "groups")] },
      { title: "People", nodes: [...shown.map(personNode), ...moreNode(more.people, "pmore", "people", table)] },
      { title: "Roles", nodes: [...roles.map(roleNode), ...moreNode(more.roles, "rmore", "roles")] },
    ],
  };
}

// The whole account: never single people, but how many lead from layer to layer.
function layersOfAll() {
  const status = column("status");
  const groups = column("groups");
  const roles = column("roles");
  const flows = new Map();
  const add = (from, to) => flows.set(`${from} ${to}`, (flows.get(`${from} ${to}`) || 0) + 1);
  const members = counted("groups", data.groups);
  const holders = counted("roles", data.roles);
  const largest = (counts, limit) =>
    [...counts.keys()].sort((one, other) => counts[other] - counts[one] || one - other).slice(0, limit);
  const shownGroups = new Set(largest(members, LIMITS.group));
  const shownRoles = new Set(largest(holders, LIMITS.role));
  let without = 0;
  for (let row = 0; row < data.people; row++) {
    const state = `s${status.values[row]}`;
    const ofRow = groups.at(row);
    if (!ofRow.length) {
      without++;
      add("gnone", state);
    }
    for (const place of ofRow) if (shownGroups.has(place)) add(`g${place}`, state);
    for (const place of roles.at(row)) if (shownRoles.has(place)) add(state, `r${place}`);
  }
  const byStatus = new Uint32Array(status.distinct.length);
  for (const code of status.values) byStatus[code]++;
  const edges = [...flows].map(([ends, count]) => [...ends.split(" "), count]);
  for (const place of shownGroups) edges.push(["account", `g${place}`]);
  if (without) edges.push(["account", "gnone"]);
  const more = (count, view) =>
    count > 0 ? [{ id: `${view}more`, text: `${number(count)} more: see the table`, view, more: true }] : [];
  return {
    title: "The whole account, in numbers",
    chosen: "account",
    edges,
    layers: [
      {
        title: "Account",
        nodes: [{ id: "account", text: saidOnce(`Account ${data.summary.account}`), view: "settings" }],
      },
      {
        title: "Groups",
        nodes: [
          ...[...shownGroups].map((place) => ({
            id: `g${place}`,
            text: data.groups[place].name,
            count: members[place],
            view: "picture",
            parameters: { of: data.groups[place].key },
          })),
          ...(without
            ? [{ id: "gnone", text: inNoGroup(), count: without, view: "people", parameters: { group: "" } }]
            : []),
          ...more(data.groups.length - shownGroups.size, "groups"),
        ],
      },
      {
        title: "People",
        nodes: status.distinct.map((name, at) => ({
          id: `s${at}`,
          text: name,
          count: byStatus[at],
          view: "people",
          parameters: { status: name },
        })),
      },
      {
        title: "Roles",
        nodes: [
          ...[...shownRoles].map((place) => ({
            id: `r${place}`,
            text: data.roles[place].name,
            count: holders[place],
            view: "picture",
            parameters: { of: data.roles[place].key },
          })),
          ...more(data.roles.length - shownRoles.size, "roles"),
        ],
      },
    ],
  };
}

const ruler = document.createElement("canvas").getContext("2d");

// The text if it fits into so many pixels, else its beginning and its end: names often differ at the end.
function shortened(text, width) {
  ruler.font = FONT;
  const fits = (each) => ruler.measureText(each).width <= width;
  if (text.length <= width && fits(text)) return text;
  const points = [...text];
  for (let kept = Math.min(points.length - 1, Math.floor(width)); kept > 1; kept--) {
    const end = Math.floor(kept / 3);
    const cut = `${points.slice(0, kept - end).join("")}…${end ? points.slice(-end).join("") : ""}`;
    if (fits(cut)) return cut;
  }
  return "…";
}

function drawLayers({ layers, edges, chosen, title }, { width: boxWidth, space }) {
  const tallest = Math.max(...layers.map((layer) => layer.nodes.length), 1);
  const height = BOX.top + tallest * (BOX.height + BOX.gap) + BOX.gap;
  const width = layers.length * boxWidth + (layers.length - 1) * space + 2 * BOX.gap;
  const left = (column) => BOX.gap + column * (boxWidth + space);
  const at = new Map();
  layers.forEach((layer, column) => {
    const used = layer.nodes.length * (BOX.height + BOX.gap) - BOX.gap;
    const free = tallest > CENTRED_UP_TO ? 0 : height - BOX.top - 2 * BOX.gap - used;
    const top = BOX.top + BOX.gap + free / 2;
    layer.nodes.forEach((node, place) => at.set(node.id, { x: left(column), y: top + place * (BOX.height + BOX.gap) }));
  });
  const most = Math.max(...edges.map((edge) => edge[2] || 1), 1);
  const lines = edges.map(([from, to, count]) => {
    const [one, other] = [at.get(from), at.get(to)];
    const [x1, y1, x2, y2] = [one.x + boxWidth, one.y + BOX.height / 2, other.x, other.y + BOX.height / 2];
    const bend = (x2 - x1) / 2;
    const wide = count ? 1 + 5 * (Math.log1p(count) / Math.log1p(most)) : 1;
    return drawn(
      "path",
      {
        class: edges.length > MANY_EDGES ? "edge faint" : "edge",
        d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
        "stroke-width": wide.toFixed(1),
      },
      count ? drawn("title", {}, number(count)) : null,
    );
  });
  const boxes = layers.flatMap((layer) =>
    layer.nodes.map((node) => {
      const { x, y } = at.get(node.id);
      const count = node.count === undefined ? "" : number(node.count);
      const parameters = node.parameters || (node.key ? { key: node.key } : {});
      return drawn(
        "a",
        { href: address(node.view, parameters) },
        drawn("title", {}, count ? `${node.text}: ${count}` : node.text),
        drawn("rect", {
          class: `box${node.id === chosen ? " chosen" : ""}${node.more ? " more" : ""}`,
          x,
          y,
          width: boxWidth,
          height: BOX.height,
          rx: 5,
        }),
        drawn("text", { x: x + 9, y: y + 17.5 }, shortened(node.text, boxWidth - 18 - 9 * count.length)),
        count ? drawn("text", { x: x + boxWidth - 9, y: y + 17.5, "text-anchor": "end" }, count) : null,
      );
    }),
  );
  const labels = layers.map((layer, column) => drawn("text", { class: "label", x: left(column), y: 22 }, layer.title));
  return drawn(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title },
    lines,
    labels,
    boxes,
  );
}

// The picture as a file of its own: light, with its style, without links.
function savePicture(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", SVG);
  for (const each of [...copy.querySelectorAll("a")]) {
    const group = drawn("g");
    group.append(...each.childNodes);
    each.replaceWith(group);
  }
  const style =
    ".box{fill:#fff;stroke:#4d5870}.chosen{stroke:#0b4fd6;stroke-width:2.5}.more{stroke-dasharray:4 3}" +
    ".edge{fill:none;stroke:#4d5870;stroke-opacity:.55}.faint{stroke-opacity:.25}" +
    `text{font:${FONT};fill:#172033}.label{font-weight:600;fill:#4d5870}`;
  const text = new XMLSerializer().serializeToString(copy).replace(/>/, `><style>${style}</style>`);
  save("picture.svg", "image/svg+xml", text);
}

// A sheet of paper cannot break a picture, so a tall one is printed in pieces, one below the other.
function printedPieces(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const step = PRINTED_ROWS * (BOX.height + BOX.gap);
  return Array.from({ length: Math.ceil(height / step) }, (_, at) => {
    const piece = svg.cloneNode(true);
    const tall = Math.min(step, height - at * step);
    piece.setAttribute("viewBox", `0 ${at * step} ${width} ${tall}`);
    piece.setAttribute("height", tall);
    return piece;
  });
}

// What is saved and printed is wide, whatever the screen is.
let drawnNow = null;
addEventListener("beforeprint", () => {
  if (drawnNow) drawnNow.frame.replaceChildren(...printedPieces(drawLayers(drawnNow.picture, WIDE)));
});
addEventListener("afterprint", () => {
  if (drawnNow) drawnNow.frame.replaceChildren(drawnNow.svg);
});

const narrow = matchMedia("(max-width: 56rem)");
narrow.addEventListener("change", () => {
  if (viewNow()[0] === "picture") show();
});

function foundThings(wanted) {
  const match = (each) => each.name.toLowerCase().includes(wanted);
  const found = [
    ...data.groups.filter(match).map((each) => [`Group ${each.name}`, each.key]),
    ...data.roles.filter(match).map((each) => [`Role ${each.name}`, each.key]),
  ];
  const texts = haystack();
  for (let row = 0; row < data.people && found.length < 20; row++) {
    if (texts[row].includes(wanted)) found.push([column("name").at(row), column("key").at(row)]);
  }
  return found.slice(0, 20);
}

function showPicture(parameters) {
  const of = parameters.get("of");
  const picture = of ? layersOf(of) : layersOfAll();
  const results = element("ul", { class: "plain", id: "picture-results" });
  const search = element("input", {
    type: "search",
    autocomplete: "off",
    placeholder: "A person, group or role",
    oninput: debounced(() => {
      const wanted = search.value.trim().toLowerCase();
      results.replaceChildren(
        ...(wanted ? foundThings(wanted) : []).map(([name, key]) =>
          element("li", {}, link(name, "picture", { of: key })),
        ),
      );
    }, 80),
  });
  if (!picture)
    return fillView(
      "picture",
      "Picture",
      element("p", {}, "This page holds no such thing. ", link("The whole account", "picture")),
    );
  const title = saidOnce(picture.title);
  const svg = drawLayers(picture, narrow.matches ? NARROW : WIDE);
  const frame = element(
    "div",
    { class: "picture", tabindex: "0", role: "region", "aria-label": `Picture: ${title}` },
    svg,
  );
  drawnNow = { picture, svg, frame };
  fillView(
    "picture",
    title,
    groupsNote(),
    partialNote(ROLE_TYPES),
    element(
      "div",
      { class: "filter" },
      element("label", { class: "wide" }, "Draw another", search),
      element("button", { type: "button", onclick: () => savePicture(drawLayers(picture, WIDE)) }, "Save as SVG"),
    ),
    results,
    of ? element("p", { class: "actions" }, link("The whole account, in numbers", "picture")) : null,
    frame,
  );
  const chosen = svg.querySelector(".chosen");
  frame.scrollLeft = chosen ? chosen.x.baseVal.value - BOX.gap * 3 : 0;
}
