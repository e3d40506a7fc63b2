// The pictures of the threshold board: cards, segment bars, histogram. Each is built once and then only moved.

const SVG = "http://www.w3.org/2000/svg";
const BAR = 5; // points per bar; the last bar holds 850 too
const ROOM = 28; // px that a share needs to be written in its part of a bar

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
    add(count, "span", { class: "unit" }, ` ${texts.customers}`);
    node.exposure = number(main, "exposure", "money");
    const [left, right] = [add(change, "span"), add(change, "span")];
    node.share = number(left, "share", "quiet");
    node.change_customers = number(left, "change_customers", "delta");
    node.exposure_share = number(right, "exposure_share", "quiet");
    node.change_exposure = number(right, "change_exposure", "delta");
    node.held = number(more, "held", "quiet");
    node.past_due = number(more, "past_due", "quiet");
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

  const percent = (tenths) => (tenths === null ? "–" : `${(tenths / 10).toFixed(1)}%`);
  return (now, thresholds) => {
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
}

// Segments -----------------------------------------------------------------------------------------------------------

function bars(parent, { data, before, money }) {
  const { segments, tiers, texts } = data;
  const side = add(parent, "div", { class: "side" });
  add(side, "h3", {}, segments.title);
  add(side, "p", { class: "quiet" }, texts.segments_caption);
  const list = add(side, "div", { class: "segments" });
  const largest = Math.max(0, ...segments.exposure);
  // A share of a bar is summed from the worst tier, which stands at the left.
  const edges = (counts) => {
    const total = counts.reduce((sum, n) => sum + n, 0) || 1;
    let right = 1;
    return counts.map((n) => [right - n / total, (right -= n / total) + n / total]);
  };
  const rows = segments.names.map((name, s) => {
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

  let width = 0;
  return {
    measure() { width = rows[0]?.bar.clientWidth ?? 0; },
    draw(now) {
      rows.forEach(({ nodes }, s) => {
        const counts = now.segments[s];
        const shares = parts(counts, 100);
        edges(counts).forEach(([left, right], k) => {
          cover(nodes[k].part, left, right, 1);
          slide(nodes[k].text, ((left + right) / 2) * width);
          write(nodes[k].text, (right - left) * width < ROOM ? "" : `${shares[k]}`, counts[k]);
        });
      });
    },
  };
}

// Histogram ----------------------------------------------------------------------------------------------------------

/** The height at which bars are cut, so that up to three spikes do not flatten the rest. */
function cutAt(heights) {
  const falling = [...heights].sort((a, b) => b - a);
  for (let spikes = 3; spikes > 0; spikes--) {
    if (falling[spikes] >= 10 && falling[spikes - 1] > 1.3 * falling[spikes]) return falling[spikes] * 1.04;
  }
  return Math.max(falling[0], 1);
}

const niceStep = (size) => {
  const power = 10 ** Math.floor(Math.log10(size));
  return Math.max(1, [1, 2, 5, 10].find((n) => n * power >= size) * power);
};

function chart(parent, { data, cube }) {
  const { texts, tiers, in_force: inForce } = data;
  const plot = add(parent, "div", { class: "plot" });
  const picture = add(plot, "svg", { role: "img", "aria-label": texts.chart });
  const defs = add(picture, "defs");
  const hatch = add(defs, "pattern", {
    id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  });
  add(hatch, "rect", { class: "gap", width: 2.4, height: 6 });
  const changed = add(defs, "clipPath", { id: "changed" });
  const clips = tiers.map((_, k) => add(add(defs, "clipPath", { id: `tier-${k}` }), "rect", { y: 0 }));
  const layer = () => add(picture, "g");
  const [grid, shades, columns, still, ghosts, labels] = [layer(), layer(), layer(), layer(), layer(), layer()];
  const shapes = tiers.map((tier, k) => {
    const shape = add(columns, "path", { class: "columns", "clip-path": `url(#tier-${k})` });
    paint(shape, tier);
    return shape;
  });
  const hatched = add(columns, "path", { fill: "url(#hatch)", "clip-path": "url(#changed)" });
  const marks = inForce.map(() => ({
    shade: add(shades, "rect", { class: "shade" }),
    clip: add(changed, "rect", { y: 0 }),
    moved: add(labels, "text", { "data-measure": "moved" }),
    ghost: add(ghosts, "line", { class: "ghost" }),
    was: add(labels, "text", { class: "quiet" }),
    at: add(labels, "text", { class: "at middle" }),
  }));
  const tags = tiers.map((tier) => {
    const tag = add(plot, "span", { class: "tag", "aria-hidden": "true" });
    paint(tag, tier);
    add(tag, "span", { class: "badge" }, tier.code);
    return { tag, name: add(tag, "span", { class: "name" }, tier.name) };
  });
  const lines = inForce.map((_, k) => add(plot, "div", { class: "line", "data-line": k }));
  const handles = fromWorst(inForce, (k) => {
    const handle = add(plot, "div", {
      class: "handle", role: "slider", tabindex: 0, "data-handle": tiers[k].code, "data-line": k,
      "aria-orientation": "horizontal", "aria-label": fill(texts.handle, { code: tiers[k].code }),
    });
    const pill = add(handle, "span", { class: "pill" });
    return { handle, score: add(pill, "span") };
  });

  const between = (from, to) => cube.groups.reduce((sum, { sums }) => sum + sums[0][to] - sums[0][from], 0);
  const heights = Array.from({ length: Math.floor((SCORES - 1) / BAR) }, (_, bar) => {
    const from = bar * BAR;
    const to = from + 2 * BAR > SCORES ? SCORES : from + BAR;
    return { from, to, n: between(from, to) };
  });
  const top = cutAt(heights.map(({ n }) => n));
  const notScored = cube.groups.reduce((sum, { sums }) => sum + sums[0][SCORES + 1], 0);
  let geometry = null;
  let ticks = [];

  function measure() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    const [left, right, ceiling, base] = [2.2 * rem, width - 0.7 * rem, 3.9 * rem, 16.2 * rem];
    const scale = (right - left) / SCORES;
    const x = (score) => left + (score - FIRST) * scale;
    const y = (n) => base - (Math.min(n, top) / top) * (base - ceiling);
    geometry = { rem, width, left, right, ceiling, base, scale, x };
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });

    const step = niceStep(top / 2.9);
    const rules = Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
    grid.replaceChildren();
    still.replaceChildren();
    for (const n of rules) {
      if (n) add(grid, "line", { class: "rule", x1: left, x2: right, y1: y(n), y2: y(n) });
      add(grid, "text", { class: "quiet end", x: left - 0.5 * rem, y: y(n) + 0.3 * rem }, whole(n));
    }
    add(grid, "text", { class: "quiet", x: left + 2, y: y(rules.at(-1)) - 0.45 * rem }, texts.per_bar);
    const apart = notScored ? fill(texts.not_scored, { n: whole(notScored) }) : "";
    add(grid, "text", { class: "quiet", x: left, y: base + 2.8 * rem, "data-measure": "not_scored", "data-value": notScored }, apart);
    const outline = heights.filter(({ n }) => n).map(({ from, to, n }) => (
      `M${x(FIRST + from) + 0.6} ${base}V${y(n)}H${x(FIRST + to) - 0.6}V${base}Z`
    )).join("");
    shapes.forEach((shape) => set(shape, { d: `${outline}M${left} ${base + 1}H${right}V${base + 5}H${left}Z` }));
    set(hatched, { d: outline });
    heights.filter(({ n }) => n > top).forEach((bar) => writeSpike(bar));
    const every = 50 * scale < 2.6 * rem ? 100 : 50;
    ticks = [];
    for (let score = FIRST; score <= LAST; score += every) {
      const place = Math.min(x(score), right - 0.6 * rem);
      ticks.push({ place, node: add(still, "text", { class: "quiet middle", x: place, y: base + 1.6 * rem }, score) });
    }
    for (const rect of [...clips, ...marks.map(({ clip }) => clip)]) set(rect, { height });
    marks.forEach(({ shade, ghost, was, at }, k) => {
      set(shade, { y: ceiling, height: base - ceiling });
      set(ghost, { x1: x(inForce[k]), x2: x(inForce[k]), y1: ceiling - 0.9 * rem, y2: base + 2 * rem });
      set(was, { y: base + 2.8 * rem });
      set(at, { y: base + 1.6 * rem });
    });
    for (const part of tags) {
      part.name.style.display = "";
      part.size = { full: part.tag.offsetWidth, badge: part.tag.firstChild.offsetWidth };
    }
  }

  function writeSpike({ from, to, n }) {
    const { rem, width, ceiling, x } = geometry;
    const scores = Array.from({ length: to - from }, (_, i) => from + i);
    const single = scores.find((at) => between(at, at + 1) === n);
    const text = single === undefined
      ? fill(texts.spike_between, { n: whole(n), first: FIRST + from, last: FIRST + to - 1 })
      : fill(texts.spike_at, { n: whole(n), score: FIRST + single });
    const [left, right] = [x(FIRST + from), x(FIRST + to)];
    const notch = `M${left - 1} ${ceiling + 9}L${(left + right) / 2} ${ceiling + 5}L${right + 1} ${ceiling + 9}`;
    add(still, "path", { class: "notch", d: notch });
    const [place, side] = left > 0.3 * width ? [left - 6, "end"] : [right + 6, ""];
    add(still, "text", { class: `quiet halo ${side}`, x: place, y: ceiling + 0.55 * rem }, text);
  }

  function draw(now, thresholds, stretches) {
    const { rem, width, left, right, ceiling, scale, x } = geometry;
    const places = thresholds.map(x);
    const edges = [right, ...places, left];
    clips.forEach((rect, k) => set(rect, { x: edges[k + 1], width: Math.max(0, edges[k] - edges[k + 1]) }));

    const pill = Math.max(44, 3.5 * rem);
    const pills = spread([...places].reverse(), pill + 2, pill / 2, width - pill / 2).reverse();
    const sides = [width + pill / 2, ...pills, left - pill / 2];
    tags.forEach(({ tag, name, size }, k) => {
      const room = sides[k] - sides[k + 1] - pill - rem;
      const full = room >= size.full;
      show(tag, full || room >= size.badge);
      name.style.display = full ? "" : "none";
      slide(tag, (sides[k] + sides[k + 1] - (full ? size.full : size.badge)) / 2);
    });
    handles.forEach(({ handle, score }, k) => {
      slide(handle, pills[k] - pill / 2);
      slide(lines[k], places[k]);
      const text = String(thresholds[k]);
      if (score.textContent !== text) score.textContent = text;
      const slots = { code: tiers[k].code, score: text, n: whole(now.tiers[k].customers) };
      set(handle, {
        "aria-valuemin": (thresholds[k + 1] ?? FIRST) + 1, "aria-valuemax": (thresholds[k - 1] ?? LAST + 1) - 1,
        "aria-valuenow": text, "aria-valuetext": fill(texts.handle_value, slots),
      });
    });

    const bold = spread([...places].reverse(), 2.2 * rem, left, right - 0.6 * rem).reverse();
    const shown = inForce.map((score, k) => score !== thresholds[k]);
    const rightmost = shown.indexOf(true);
    const olds = spread(inForce.map(x).reverse(), 2.4 * rem, left, right - 2 * rem).reverse();
    for (const { node, place } of ticks) show(node, bold.every((other) => Math.abs(other - place) > 2.1 * rem));
    const blocked = (from, size) => (
      from < 0 || from + size > width || places.some((line) => line > from - 2 && line < from + size + 2)
    );
    let [edge, raised] = [-Infinity, false];
    marks.forEach(({ shade, clip, moved, ghost, was, at }, k) => {
      write(at, String(thresholds[k]), thresholds[k]);
      set(at, { x: bold[k] });
      show(ghost, shown[k]);
      const named = k === rightmost ? `${inForce[k]} · ${texts.in_force}` : String(inForce[k]);
      write(was, shown[k] ? named : "", inForce[k]);
      set(was, { x: olds[k] - 0.65 * rem }); // its three digits stand in the middle
      const stretch = stretches[k] ?? { from: FIRST, to: FIRST, customers: 0 };
      const span = stretches[k] ? { x: x(stretch.from), width: (stretch.to - stretch.from) * scale } : { width: 0 };
      set(shade, span);
      set(clip, span);
      // The number stands on the far side of the dashed line, away from the handle.
      const n = whole(stretch.customers);
      const size = (n.length + 3) * 0.5 * rem;
      const dashed = x(stretch.better ? stretch.to : stretch.from);
      const [far, near] = stretch.better ? [dashed + 4, dashed - 4 - size] : [dashed - 4 - size, dashed + 4];
      const start = blocked(far, size) && !blocked(near, size) ? near : far;
      const after = start > dashed;
      raised = start < edge && !raised;
      edge = Math.max(edge, start + size);
      write(moved, stretches[k] ? (stretch.better ? `▲ ${n}` : `${n} ▼`) : "", stretch.customers);
      set(moved, {
        class: `halo ${stretch.better ? "better" : "worse"} ${after ? "" : "end"}`,
        x: after ? start : start + size, y: ceiling - (raised ? 1.35 : 0.3) * rem,
      });
    });
  }
  return { plot, handles: handles.map(({ handle }) => handle), measure, draw, at: () => geometry };
}
