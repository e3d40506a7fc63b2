// The histogram of the threshold board: bars, handles, dashed lines of the policy in force.

const BAR = 5; // points per bar; the last bar holds 850 too
const FLAGS = 19.4; // units from the top to where flags of customers may stand

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

function chart(parent, { data, cube, money }) {
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
  const remains = ({ money: year }) => (
    year && cube.money.allSales ? fill(texts.handle_money, { money: money.value(year.money, year.money) }) : ""
  );
  let geometry = null;
  let ticks = [];

  function measure() {
    const unit = unitAt(plot);
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    const [left, right, ceiling, base] = [2.2 * unit, width - 0.7 * unit, 3.9 * unit, 16.2 * unit];
    const scale = (right - left) / SCORES;
    const x = (score) => left + (score - FIRST) * scale;
    const y = (n) => base - (Math.min(n, top) / top) * (base - ceiling);
    geometry = { unit, width, left, right, ceiling, base, scale, x };
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });

    const step = niceStep(top / 2.9);
    const rules = Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
    grid.replaceChildren();
    still.replaceChildren();
    for (const n of rules) {
      if (n) add(grid, "line", { class: "rule", x1: left, x2: right, y1: y(n), y2: y(n) });
      add(grid, "text", { class: "quiet end", x: left - 0.5 * unit, y: y(n) + 0.3 * unit }, whole(n));
    }
    add(grid, "text", { class: "quiet", x: left + 2, y: y(rules.at(-1)) - 0.45 * unit }, texts.per_bar);
    const apart = notScored ? fill(texts.not_scored, { n: whole(notScored) }) : "";
    add(grid, "text", { class: "quiet", x: left, y: base + 2.8 * unit, "data-measure": "not_scored", "data-value": notScored }, apart);
    const outline = heights.filter(({ n }) => n).map(({ from, to, n }) => (
      `M${x(FIRST + from) + 0.6} ${base}V${y(n)}H${x(FIRST + to) - 0.6}V${base}Z`
    )).join("");
    shapes.forEach((shape) => set(shape, { d: `${outline}M${left} ${base + 1}H${right}V${base + 5}H${left}Z` }));
    set(hatched, { d: outline });
    heights.filter(({ n }) => n > top).forEach((bar) => writeSpike(bar));
    const every = 50 * scale < 2.6 * unit ? 100 : 50;
    ticks = [];
    for (let score = FIRST; score <= LAST; score += every) {
      const place = Math.min(x(score), right - 0.6 * unit);
      ticks.push({ place, node: add(still, "text", { class: "quiet middle", x: place, y: base + 1.6 * unit }, score) });
    }
    for (const rect of [...clips, ...marks.map(({ clip }) => clip)]) set(rect, { height });
    marks.forEach(({ shade, ghost, was, at }, k) => {
      set(shade, { y: ceiling, height: base - ceiling });
      set(ghost, { x1: x(inForce[k]), x2: x(inForce[k]), y1: ceiling - 0.9 * unit, y2: base + 2 * unit });
      set(was, { y: base + 2.8 * unit });
      set(at, { y: base + 1.6 * unit });
    });
    for (const part of tags) {
      part.name.style.display = "";
      part.size = { full: part.tag.offsetWidth, badge: part.tag.firstChild.offsetWidth };
    }
  }

  function writeSpike({ from, to, n }) {
    const { unit, width, ceiling, x } = geometry;
    const scores = Array.from({ length: to - from }, (_, i) => from + i);
    const single = scores.find((at) => between(at, at + 1) === n);
    const text = single === undefined
      ? fill(texts.spike_between, { n: whole(n), first: FIRST + from, last: FIRST + to - 1 })
      : fill(texts.spike_at, { n: whole(n), score: FIRST + single });
    const [left, right] = [x(FIRST + from), x(FIRST + to)];
    const notch = `M${left - 1} ${ceiling + 9}L${(left + right) / 2} ${ceiling + 5}L${right + 1} ${ceiling + 9}`;
    add(still, "path", { class: "notch", d: notch });
    const [place, side] = left > 0.3 * width ? [left - 6, "end"] : [right + 6, ""];
    add(still, "text", { class: `quiet halo ${side}`, x: place, y: ceiling + 0.55 * unit }, text);
  }

  function draw(now, thresholds, stretches) {
    const { unit, width, left, right, ceiling, scale, x } = geometry;
    const places = thresholds.map(x);
    const edges = [right, ...places, left];
    clips.forEach((rect, k) => set(rect, { x: edges[k + 1], width: Math.max(0, edges[k] - edges[k + 1]) }));

    const pill = Math.max(44, 3.5 * unit);
    const pills = spread([...places].reverse(), pill + 2, pill / 2, width - pill / 2).reverse();
    const sides = [width + pill / 2, ...pills, left - pill / 2];
    tags.forEach(({ tag, name, size }, k) => {
      const room = sides[k] - sides[k + 1] - pill - unit;
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
        "aria-valuenow": text, "aria-valuetext": fill(texts.handle_value, slots) + remains(now),
      });
    });

    const bold = spread([...places].reverse(), 2.2 * unit, left, right - 0.6 * unit).reverse();
    const shown = inForce.map((score, k) => score !== thresholds[k]);
    const rightmost = shown.indexOf(true);
    const olds = spread(inForce.map(x).reverse(), 2.4 * unit, left, right - 2 * unit).reverse();
    for (const { node, place } of ticks) show(node, bold.every((other) => Math.abs(other - place) > 2.1 * unit));
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
      set(was, { x: olds[k] - 0.65 * unit }); // its three digits stand in the middle
      const stretch = stretches[k] ?? { from: FIRST, to: FIRST, customers: 0 };
      const span = stretches[k] ? { x: x(stretch.from), width: (stretch.to - stretch.from) * scale } : { width: 0 };
      set(shade, span);
      set(clip, span);
      // The number stands on the far side of the dashed line, away from the handle.
      const n = whole(stretch.customers);
      const size = (n.length + 3) * 0.5 * unit;
      const dashed = x(stretch.better ? stretch.to : stretch.from);
      const [far, near] = stretch.better ? [dashed + 4, dashed - 4 - size] : [dashed - 4 - size, dashed + 4];
      const start = blocked(far, size) && !blocked(near, size) ? near : far;
      const after = start > dashed;
      raised = start < edge && !raised;
      edge = Math.max(edge, start + size);
      write(moved, stretches[k] ? (stretch.better ? `▲ ${n}` : `${n} ▼`) : "", stretch.customers);
      set(moved, {
        class: `halo ${stretch.better ? "better" : "worse"} ${after ? "" : "end"}`,
        x: after ? start : start + size, y: ceiling - (raised ? 1.35 : 0.3) * unit,
      });
    });
  }
  return { plot, handles: handles.map(({ handle }) => handle), measure, draw, at: () => geometry };
}
