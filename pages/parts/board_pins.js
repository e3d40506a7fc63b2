// Customers marked on the axis by name, each with the letter of the tier that it has at the thresholds drawn.

const WIDTH = 16; // of a name on its flag, in letters; a Chinese one counts as two

function shorten(name) {
  let width = 0;
  const kept = [...name].filter((letter) => (width += letter > "\u2e7f" ? 2 : 1) <= WIDTH);
  return width > WIDTH ? `${kept.join("").trim()}…` : name;
}

function pins(chart, { data }) {
  const { texts, tiers } = data;
  const poles = add(chart.plot, "div"); // behind all flags
  const list = add(chart.plot, "ul", { class: "pins", "aria-label": texts.pins });
  const nodes = [...data.pins].sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).map((pin) => {
    const pole = add(poles, "i", { class: "pole" });
    const item = add(list, "li", { class: "pin", "data-pin": pin.key, title: pin.name });
    const badge = add(item, "span", { class: "badge", "aria-hidden": "true" });
    add(item, "bdi", { "aria-hidden": "true" }, shorten(pin.name));
    return { pin, pole, item, badge, spoken: add(item, "span", { class: "spoken" }) };
  });

  /** Flags hang in rows, right or left of their poles: from the highest score on, in the first row with room. */
  function measure() {
    const { unit, width, left, right, base, x } = chart.at();
    const row = 1.75 * unit;
    const rows = [];
    for (const { pin, pole, item } of nodes) {
      const [at, size] = [pin.score === null ? left : x(pin.score), item.offsetWidth];
      const sides = [at, at - size].filter((from) => from >= 0 && from + size <= width);
      const free = (taken, from) => taken.every((other) => from + size + 6 <= other.from || other.to + 6 <= from);
      let place = null;
      for (let r = 0; !place; r++) {
        rows[r] ??= [];
        const from = (sides.length ? sides : [right - size]).find((side) => free(rows[r], side));
        if (from !== undefined) place = { r, from };
      }
      rows[place.r].push({ from: place.from, to: place.from + size });
      item.classList.toggle("leftward", place.from < at);
      item.style.transform = `translate(${place.from}px, ${place.r * row}px)`;
      pole.style.transform = `translateX(${at}px)`;
      pole.style.height = `${FLAGS * unit - base + place.r * row + row / 2}px`;
    }
    list.style.height = `${rows.length * row}px`;
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
