// The price of the thresholds, under the histogram on its axis: money over every place where one may stand.

const SCALED = 5; // units that the figures of the scale take at the left

/** Horizontal places in px of labels that would overlap; null for the ones left out, the later of two. */
function apart(places, size) {
  const kept = [];
  return places.map((place) => {
    if (kept.some((other) => Math.abs(other - place) < size)) return null;
    kept.push(place);
    return place;
  });
}

function price(parent, { data, cube, money, chart }) {
  const { texts, tiers, in_force: inForce, money: assumptions } = data;
  const section = add(parent, "section", { class: "price", "aria-label": texts.price_title });
  add(section, "h3", {}, texts.price_title);
  const points = Number(assumptions.uncertainty.toFixed(1));
  add(section, "p", { class: "quiet" }, fill(texts.price_caption, { points }));
  const picture = add(section, "svg", { role: "img" });
  const even = breakEven(assumptions);
  const layer = () => add(picture, "g");
  const [bands, scale, lines, labels] = [layer(), layer(), layer(), layer()];
  const rules = [0, 1].map(() => ({ rule: add(scale, "line", { class: "rule" }), text: add(labels, "text", { class: "quiet halo" }) }));
  const marks = inForce.map((_, k) => {
    const parts = {
      band: add(bands, "rect", { class: "band" }),
      foot: add(bands, "rect", { class: "foot" }),
      guide: add(scale, "line", { class: "guide" }),
      line: add(lines, "path", { class: "curve" }),
      dot: add(lines, "circle", { class: "dot" }),
      best: add(labels, "text", { class: "middle halo", "data-best": tiers[k].code }),
      value: add(labels, "text", { class: "at middle halo" }),
    };
    Object.values(parts).forEach((node) => paint(node, tiers[k]));
    return parts;
  });
  const tick = add(scale, "line", { class: "even" });
  const evenly = add(labels, "text", { class: "quiet halo middle" });
  const brief = inForce.length > 3 ? texts.best_brief : texts.best;
  let [size, domain, said] = [null, null, ""];

  /** Where prepayment starts to earn more than terms, in words; where on the axis, null where nowhere on it. */
  function atEven() {
    if (!even) return { text: "", score: null, side: 0 };
    const { code } = tiers[even.below];
    if (even.pd <= 0) return { text: fill(texts.even_never, { code }), score: null, side: 1 };
    if (even.pd >= 1) return { text: fill(texts.even_always, { code }), score: null, side: -1 };
    const score = Math.round(even.score);
    const text = fill(texts.even_at, { code, score, pd: (even.pd * 100).toFixed(1) });
    const side = score > LAST ? 1 : score < FIRST ? -1 : 0;
    return { text: side > 0 ? `${text} →` : side < 0 ? `← ${text}` : text, score: side ? null : score, side };
  }

  function measure() {
    const { unit, width, left, right, x } = chart.at();
    const [top, base] = [1.6 * unit, 6.5 * unit];
    // Best starts are named in one row, or in two where they would overlap.
    const label = (fill(brief, { code: tiers[0].code, first: FIRST, last: LAST }).length + 1) * 0.52 * unit;
    const rows = label * inForce.length < right - left ? 1 : 2;
    const height = base + 1.5 * rows * unit;
    size = { top, base, label, rows };
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    rules.forEach(({ rule, text }, i) => {
      const y = i ? base : top;
      set(rule, { x1: left, x2: right, y1: y, y2: y });
      set(text, { x: left + 2, y: y - 0.3 * unit });
    });
    marks.forEach(({ band, foot, guide, dot, best }, k) => {
      set(band, { y: top, height: base - top });
      set(foot, { y: base - 0.2 * unit, height: 0.2 * unit });
      set(guide, { y1: top, y2: base });
      set(dot, { r: 0.27 * unit });
      set(best, { y: base + (1.2 + 1.4 * (k % rows)) * unit });
    });
    const { text, score, side } = atEven();
    write(evenly, text, even?.score ?? "");
    const half = evenly.getComputedTextLength() / 2;
    const at = score === null ? (side > 0 ? right : left) : x(score);
    const place = Math.max(left + SCALED * unit + half, Math.min(right - half, at));
    set(evenly, { x: place, y: top - 0.5 * unit });
    show(tick, score !== null);
    set(tick, { x1: at, x2: at, y1: top - 0.3 * unit, y2: top + 0.5 * unit });
    domain = null;
  }

  /** `held` while a hand moves a line: then the scale only ever grows, so that the picture stands still. */
  function draw(now, thresholds, held) {
    const { unit, left, right, x } = chart.at();
    const { top, base, label, rows } = size;
    const curves = thresholds.map((_, k) => curve(cube.money, thresholds, k, now.money.money));
    let [low, high] = held && domain ? domain : [Infinity, -Infinity];
    for (const { values } of curves) {
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    domain = [low, high];
    const span = Math.max(high - low, 100); // a whole unit of the currency, where all places are worth the same
    const y = (value) => base - ((value - low) / span) * (base - top);
    const typical = Math.max(Math.abs(low), Math.abs(high));
    rules.forEach(({ text }, i) => write(text, money.value(i ? low : high, typical), ""));

    const at = y(now.money.money);
    const above = at > top + 1.6 * unit ? -0.6 : 1.3;
    const written = money.value(now.money.money, typical);
    const room = written.length * 0.6 * unit;
    const places = apart(thresholds.map((score) => Math.max(left + room, Math.min(right - room / 2, x(score)))), room);
    const ranges = thresholds.map((_, k) => bestStart(cube.money, thresholds, k));
    const centres = ranges.map(({ first, last }) => x((first + last) / 2));
    const named = ranges.map(({ first, last }, k) => (
      first === last ? fill(texts.best_one, { code: tiers[k].code, first }) : fill(brief, { code: tiers[k].code, first, last })
    ));
    const spaced = spread([...centres].reverse(), label / rows, left + label / 2, right - label / 2).reverse();
    marks.forEach(({ band, foot, guide, line, dot, best, value }, k) => {
      const { from, values } = curves[k];
      const { first, last } = ranges[k];
      const stretch = { x: x(first) - 1.5, width: x(last) - x(first) + 3 };
      set(band, stretch);
      set(foot, stretch);
      set(guide, { x1: x(thresholds[k]), x2: x(thresholds[k]) });
      set(line, { d: `M${values.map((v, i) => `${x(from + i).toFixed(1)} ${y(v).toFixed(1)}`).join("L")}` });
      set(dot, { cx: x(thresholds[k]), cy: at });
      write(best, named[k], `${first}-${last}`);
      set(best, { x: spaced[k] });
      write(value, places[k] === null ? "" : written, "");
      set(value, { x: places[k] ?? 0, y: at + above * unit });
    });
    said = [fill(texts.price_now, { money: written }), ...named, evenly.textContent].filter(Boolean).join(texts.price_between);
  }

  /** The picture in words, for who hears it; said when a hand is still. */
  const tell = () => set(picture, { "aria-label": said });
  return { measure, draw, tell };
}
