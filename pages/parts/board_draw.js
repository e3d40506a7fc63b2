// The figures of the threshold board: cards, segment bars, money. Each is built once and then only written.

const SVG = "http://www.w3.org/2000/svg";
const ROOM = 28 / 15; // units that a share needs to be written in its part of a bar
const [CARD, TIGHT] = [13, 11]; // units that a card needs, and can do with
const PADDING = 34; // px beside and between the figures of a card
const PRESENTED = 6; // segments shown where the board is presented

function add(parent, tag, attributes = {}, text = null) {
  const inside = tag === "svg" || parent.namespaceURI === SVG;
  const node = inside ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text;
  return parent.appendChild(node);
}

// What stands already is not written again: unchanged nodes cost no layout.
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
}

function write(node, text, value) {
  if (node.textContent !== text) node.textContent = text;
  set(node, { "data-value": value ?? "" });
}

const slide = (node, x) => { node.style.transform = `translateX(${x.toFixed(2)}px)`; };
const cover = (node, from, to, gap = 0) => {
  const side = (share) => `calc(${(share * 100).toFixed(3)}% + ${gap}px)`;
  node.style.clipPath = `inset(0 ${side(1 - to)} 0 ${side(from)})`;
};
/** The unit of the layout in px: a rem, larger where the board is presented. */
const unitAt = (node) => parseFloat(getComputedStyle(node).fontSize) / 0.875;
const show = (node, shown) => { node.style.visibility = shown ? "" : "hidden"; };

/** What `make(k)` makes for each member, in order; made from the last on, so that the worst tier stands first. */
const fromWorst = (list, make) => [...list].reverse().map((_, i) => make(list.length - 1 - i)).reverse();

function paint(node, { light, dark, ink_light, ink_dark }) {
  node.style.setProperty("--tier", `light-dark(${light}, ${dark})`);
  node.style.setProperty("--on-tier", `light-dark(${ink_light}, ${ink_dark})`);
}

/** Places at least `gap` apart and inside the bounds, each as near as may be to where it should be (rising order). */
function spread(places, gap, low, high) {
  const centre = ({ sum, n }) => {
    const half = ((n - 1) / 2) * gap;
    return Math.max(low + half, Math.min(high - half, sum / n));
  };
  const blocks = [];
  for (const place of places) {
    blocks.push({ sum: place, n: 1 });
    while (blocks.length > 1) {
      const [left, right] = blocks.slice(-2);
      if (centre(right) - centre(left) >= ((left.n + right.n) / 2) * gap) break;
      blocks.splice(-2, 2, { sum: left.sum + right.sum, n: left.n + right.n });
    }
  }
  const placesOfOne = (block) => Array.from({ length: block.n }, (_, i) => centre(block) + (i - (block.n - 1) / 2) * gap);
  return blocks.flatMap(placesOfOne);
}

// Cards --------------------------------------------------------------------------------------------------------------

function cards(parent, { data, before, money }) {
  const { texts, tiers } = data;
  const last = tiers.length - 1;
  const total = (measure) => before.tiers.reduce((sum, tier) => sum + tier[measure], 0);
  const [customers, exposure, pastDue] = [total("customers"), total("exposure"), total("past_due")];
  const [noExposure, noPastDue] = [!total("with_exposure"), !total("with_exposure") && !pastDue];
  const list = add(parent, "div", { class: "cards" });
  const nodes = fromWorst(tiers, (k) => {
    const tier = tiers[k];
    const card = add(list, "section", { class: "card", "aria-label": `${tier.code} ${tier.name}` });
    paint(card, tier);
    const row = (name) => add(card, "div", { class: `row ${name}` });
    const number = (place, measure, kind) => (
      add(place, "span", { class: kind, "data-tier": tier.code, "data-measure": measure })
    );
    const [head, main, change, more, bar] = ["head", "main", "change", "more", "share"].map(row);
    add(head, "span", { class: "badge" }, tier.code);
    add(head, "span", { class: "name" }, tier.name);
    const node = { range: add(head, "span", { class: "range" }) };
    const count = add(main, "span");
    node.customers = number(count, "customers", "big");
    node.unit = add(count, "span", { class: "unit" }, ` ${texts.customers}`);
    node.exposure = number(main, "exposure", "money");
    set(node.exposure, { "data-exact": 100 });
    const [left, right] = [add(change, "span"), add(change, "span")];
    node.share = number(left, "share", "quiet");
    node.change_customers = number(left, "change_customers", "delta");
    node.exposure_share = number(right, "exposure_share", "quiet");
    node.change_exposure = number(right, "change_exposure", "delta");
    node.held = number(more, "held", "quiet");
    node.past_due = number(more, "past_due", "quiet");
    set(node.past_due, { "data-exact": 100 });
    add(bar, "i", { class: "track" });
    node.fill = add(bar, "i", { class: "fill" });
    node.unknown = add(bar, "i", { class: "fill unknown" });
    const tick = add(bar, "i", { class: "tick" });
    tick.style.left = `${customers ? (before.tiers[k].customers / customers) * 100 : 0}%`;
    if (k === last && total("little_known")) {
      const legend = row("parts");
      node.bad = number(legend, "bad", "quiet part");
      node.little_known = number(legend, "little_known", "quiet part unknown");
    }
    return node;
  });

  // As many in each row as may be, but none left alone in the last one where a little less room will do.
  const measure = () => {
    const [unit, width] = [unitAt(list), list.clientWidth + 12];
    const fitting = Math.max(1, Math.floor(width / (CARD * unit + 12)));
    const row = Math.ceil(tiers.length / Math.ceil(tiers.length / fitting));
    const alone = row < tiers.length && tiers.length % row === 1;
    list.style.setProperty("--a-row", alone && width / (row + 1) >= TIGHT * unit + 12 ? row + 1 : row);
    list.classList.toggle("narrow", !fits(nodes[0]));
  };
  // Whether an amount fits beside the number is settled once: a card must not grow or shrink under a hand.
  const fits = ({ customers: number, exposure: amount, unit }) => {
    const size = (node, letters) => letters * 0.52 * parseFloat(getComputedStyle(node).fontSize);
    const needed = size(number, whole(customers).length) + unit.offsetWidth + size(amount, 7) + PADDING;
    return needed < list.firstChild.clientWidth;
  };
  const percent = (tenths) => (tenths === null ? "–" : `${(tenths / 10).toFixed(1)}%`);
  const draw = (now, thresholds) => {
    const shares = parts(now.tiers.map((tier) => tier.customers), 1000);
    const exposureShares = parts(now.tiers.map((tier) => tier.exposure), 1000);
    nodes.forEach((node, k) => {
      const [tier, was] = [now.tiers[k], before.tiers[k]];
      const unknown = noExposure || (tier.customers > 0 && !tier.with_exposure);
      const [more, extra] = [tier.customers - was.customers, tier.exposure - was.exposure];
      const [typical, typicalPastDue] = [exposure / nodes.length, pastDue / nodes.length];
      const [lowest, highest] = [thresholds[k] ?? FIRST, (thresholds[k - 1] ?? LAST + 1) - 1];
      write(node.range, lowest === highest ? `${lowest}` : `${lowest}–${highest}`, lowest);
      write(node.customers, whole(tier.customers), tier.customers);
      write(node.share, percent(shares[k]), shares[k]);
      write(node.change_customers, signed(whole(Math.abs(more)), more), more);
      write(node.exposure, unknown ? "–" : money.value(tier.exposure, typical), tier.exposure);
      write(node.exposure_share, noExposure ? "" : percent(exposureShares[k]), exposureShares[k]);
      write(node.change_exposure, noExposure ? "" : money.change(extra, typical), extra);
      write(node.held, fill(texts.held, { n: whole(tier.held) }), tier.held);
      const late = fill(texts.past_due, { money: money.value(tier.past_due, typicalPastDue) });
      write(node.past_due, noPastDue ? "" : late, tier.past_due);
      const [share, little] = [tier.customers, node.bad ? tier.little_known : 0].map((n) => (customers ? n / customers : 0));
      cover(node.fill, 0, share - little);
      cover(node.unknown, share - little, share);
      if (!node.bad) return;
      write(node.bad, fill(texts.bad, { n: whole(tier.customers - tier.little_known) }), tier.customers - tier.little_known);
      write(node.little_known, fill(texts.little_known, { n: whole(tier.little_known) }), tier.little_known);
    });
  };
  return { measure, draw };
}

// Segments -----------------------------------------------------------------------------------------------------------

function bars(parent, { data, before, money }) {
  const { segments, tiers, texts } = data;
  const side = add(parent, "section", { class: "mix", "aria-label": segments.title });
  add(side, "h3", {}, segments.title);
  const names = data.present ? segments.names.slice(0, PRESENTED) : segments.names;
  const some = names.length < segments.names.length ? fill(texts.segments_largest, { n: names.length }) : "";
  add(side, "p", { class: "quiet" }, texts.segments_caption + some);
  const list = add(side, "div", { class: "segments" });
  const largest = Math.max(0, ...segments.exposure);
  // A share of a bar is summed from the worst tier, which stands at the left.
  const edges = (counts) => {
    const total = counts.reduce((sum, n) => sum + n, 0) || 1;
    let right = 1;
    return counts.map((n) => [right - n / total, (right -= n / total) + n / total]);
  };
  const rows = names.map((name, s) => {
    const row = add(list, "div", { class: "segment" });
    add(row, "span", { class: "name", title: name }, name);
    const bar = add(row, "span", { class: "bar" });
    const nodes = fromWorst(tiers, (k) => {
      const tier = tiers[k];
      const part = add(bar, "i", { class: "stretch" });
      const text = add(bar, "span", {
        class: "percent", "data-segment": name, "data-tier": tier.code, "data-measure": "segment_share",
      });
      [part, text].forEach((node) => paint(node, tier));
      return { part, text };
    });
    edges(before.segments[s]).slice(0, -1).forEach(([left]) => {
      add(bar, "i", { class: "tick" }).style.left = `${left * 100}%`;
    });
    const amount = segments.known[s] ? money.value(segments.exposure[s], largest) : "–";
    add(row, "span", { class: "quiet amount" }, amount);
    return { bar, nodes };
  });

  let [width, room] = [0, 0];
  return {
    measure() { [width, room] = [rows[0].bar.clientWidth, ROOM * unitAt(list)]; },
    draw(now) {
      rows.forEach(({ nodes }, s) => {
        const counts = now.segments[s];
        const shares = parts(counts, 100);
        edges(counts).forEach(([left, right], k) => {
          cover(nodes[k].part, left, right, 1);
          slide(nodes[k].text, ((left + right) / 2) * width);
          write(nodes[k].text, (right - left) * width < room ? "" : `${shares[k]}`, counts[k]);
        });
      });
    },
  };
}

// Money --------------------------------------------------------------------------------------------------------------

const YEAR = [
  "exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "money", "sales_prepaid",
  "limit", "limit_up", "limit_down",
];

/** What the money rests on, in words: the shares kept of tiers that are prepaid or keep less than all. */
function assumed({ money, texts, tiers }) {
  const percent = (share) => Number((share * 100).toFixed(1));
  const kept = tiers.flatMap(({ code }, k) => (
    money.prepaid[k] || money.kept[k] < 1 ? fill(texts.assumed_kept, { code, kept: percent(money.kept[k]) }) : []
  ));
  const [margin, lgd, cost] = [money.margin, money.lgd, money.cost].map(percent);
  return fill(texts.assumed, { margin, lgd, cost, kept: kept.join(texts.assumed_between) });
}

/** Today's expected loss and the year under the thresholds; where sales or exposures are unknown, dashes. */
function figures(parent, { data, cube, before, money }) {
  const { texts } = data;
  const known = (name) => (
    name === "expected_loss_today" ? before.tiers.some((tier) => tier.with_exposure)
      : LIMITS.includes(name) || cube.money.allSales > 0
  );
  const panel = add(parent, "section", { class: "year", "aria-label": texts.money_title });
  add(panel, "h3", {}, texts.money_title);
  add(panel, "p", { class: "quiet" }, assumed(data));
  const part = (title, names) => {
    add(panel, "h4", {}, title);
    const list = add(panel, "dl", {});
    return names.map((name) => {
      const row = add(list, "div", { class: `figure ${name}` });
      const term = add(row, "dt", {}, texts[`figure_${name}`]);
      const note = texts[`note_${name}`];
      if (note) add(term, "small", { class: "quiet" }, note);
      const value = add(row, "dd", { class: "value", "data-measure": name, "data-exact": 1 });
      const change = name === "expected_loss_today" ? null
        : add(row, "dd", { class: "delta", "data-measure": `change_${name}`, "data-exact": 1 });
      return { name, value, change };
    });
  };
  const nodes = [...part(texts.money_today, ["expected_loss_today"]), ...part(texts.money_year, YEAR)];
  return (now) => {
    for (const { name, value, change } of nodes) {
      const [is, was] = [now.money[name], before.money[name]].map((cents) => Math.round(cents / 100));
      const unit = (was || is) * 100;
      write(value, known(name) ? money.value(is * 100, unit) : "–", is);
      if (change) write(change, known(name) ? money.change((is - was) * 100, unit) : "", is - was);
    }
  };
}
