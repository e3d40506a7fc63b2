// Customers marked on the axis by name, each with the letter of the tier that it has at the thresholds drawn.

const LETTERS = 14; // of a name on its flag

function pins(chart, { data }) {
  const { texts, tiers } = data;
  const poles = add(chart.plot, "div"); // behind all flags
  const list = add(chart.plot, "ul", { class: "pins", "aria-label": texts.pins });
  const nodes = [...data.pins].sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).map((pin) => {
    const pole = add(poles, "i", { class: "pole" });
    const item = add(list, "li", { class: "pin", "data-pin": pin.key, title: pin.name });
    const letters = [...pin.name];
    const badge = add(item, "span", { class: "badge", "aria-hidden": "true" });
    const short = letters.length > LETTERS ? `${letters.slice(0, LETTERS).join("").trim()}…` : pin.name;
    add(item, "bdi", { "aria-hidden": "true" }, short);
    return { pin, pole, item, badge, spoken: add(item, "span", { class: "spoken" }) };
  });

  /** Flags stand in rows, each from its pole to the right: from the highest score on, in the first row with room. */
  function measure() {
    const { unit, left, right, base, x } = chart.at();
    const row = 1.75 * unit;
    const ends = [];
    for (const { pin, pole, item } of nodes) {
      const at = pin.score === null ? left : x(pin.score);
      const from = Math.min(at, right - item.offsetWidth);
      let lane = ends.findIndex((end) => from + item.offsetWidth + 4 <= end);
      if (lane < 0) lane = ends.length;
      ends[lane] = from;
      item.style.transform = `translate(${from}px, ${lane * row}px)`;
      pole.style.transform = `translateX(${at}px)`;
      pole.style.height = `${FLAGS * unit - base + lane * row + row / 2}px`;
    }
    list.style.height = `${ends.length * row}px`;
  }

  function draw(thresholds) {
    for (const { pin, item, badge, spoken } of nodes) {
      const scored = pin.score !== null;
      const tier = bounded(thresholds.filter((start) => (scored ? pin.score : -1) < start).length, pin);
      const { code } = tiers[tier];
      if (item.getAttribute("data-tier") === code) continue;
      set(item, { "data-tier": code });
      badge.textContent = scored ? code : "–";
      if (scored) paint(item, tiers[tier]);
      const words = scored ? texts.pin : texts.pin_not_scored;
      spoken.textContent = fill(words, { name: pin.name, score: pin.score, code });
    }
  }
  return { measure, draw };
}
