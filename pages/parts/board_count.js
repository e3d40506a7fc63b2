// Counts a book at any thresholds, from its cube, and writes the numbers.
// Tiers count from 0, best first; thresholds are the minimum scores of all tiers but the last, best first.

const FIRST = 300;
const LAST = 850;
const SCORES = LAST - FIRST + 1; // a score's place is score - FIRST; place SCORES holds customers without a score
const MEASURES = ["customers", "with_exposure", "exposure", "past_due"];

// Counting -----------------------------------------------------------------------------------------------------------

const unpack = (text, Kind) => new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** Per group the sums of `values` over all scores below a place; at SCORES + 1 what has no score. */
function running(packed, name) {
  const [group, score] = [unpack(packed.group, Uint16Array), unpack(packed.score, Uint16Array)];
  const sums = packed.groups.map(() => new Float64Array(SCORES + 2));
  unpack(packed[name], Float64Array).forEach((value, row) => {
    sums[group[row]][score[row] + 1] += value;
  });
  for (const sum of sums) for (let place = 1; place <= SCORES; place++) sum[place] += sum[place - 1];
  return sums;
}

/** The cube as prefix sums, so that counting at any thresholds is a few look-ups. */
export function prepare(data) {
  const { total, segments, money } = data;
  const sums = MEASURES.map((name) => running(total, name));
  const ofSegments = running(segments, "customers");
  return {
    groups: total.groups.map(([best, worst, little], g) => ({ best, worst, little, sums: sums.map((s) => s[g]) })),
    segments: segments.groups.map(([segment, best, worst], g) => ({ segment, best, worst, sum: ofSegments[g] })),
    segmentCount: segments.names.length,
    money: money && prepareMoney(data),
  };
}

const placesOf = (thresholds) => [SCORES, ...thresholds.map((score) => score - FIRST), 0];
const bounded = (tier, { best, worst }) => Math.min(Math.max(tier, best), worst);

/** What each tier holds at these thresholds: customers, money in cents, held by a rule, little known; by segment too. */
export function count(cube, thresholds) {
  const places = placesOf(thresholds);
  const last = thresholds.length;
  const nothing = Object.fromEntries([...MEASURES, "held", "little_known"].map((measure) => [measure, 0]));
  const tiers = places.slice(1).map(() => ({ ...nothing }));
  const add = (group, tier, from, to) => {
    MEASURES.forEach((measure, m) => { tiers[tier][measure] += group.sums[m][to] - group.sums[m][from]; });
    if (group.little) tiers[tier].little_known += group.sums[0][to] - group.sums[0][from];
  };
  for (const group of cube.groups) {
    for (let tier = 0; tier <= last; tier++) {
      const final = bounded(tier, group);
      add(group, final, places[tier + 1], places[tier]);
      if (final !== tier) tiers[final].held += group.sums[0][places[tier]] - group.sums[0][places[tier + 1]];
    }
    MEASURES.forEach((measure, m) => { tiers[last][measure] += group.sums[m][SCORES + 1]; });
    if (group.little) tiers[last].little_known += group.sums[0][SCORES + 1];
  }
  const segments = Array.from({ length: cube.segmentCount }, () => new Array(last + 1).fill(0));
  for (const group of cube.segments) {
    const row = segments[group.segment];
    for (let tier = 0; tier <= last; tier++) {
      row[bounded(tier, group)] += group.sum[places[tier]] - group.sum[places[tier + 1]];
    }
    row[last] += group.sum[SCORES + 1];
  }
  return { tiers, segments };
}

/** The stretches of scores whose tier differs between two sets of thresholds, and how many customers really move. */
export function moves(cube, thresholds, before) {
  const tierAt = (cuts, score) => cuts.filter((cut) => cut > score).length;
  const cuts = [...new Set([...thresholds, ...before])].sort((a, b) => a - b);
  const stretches = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    const [now, was] = [tierAt(thresholds, from), tierAt(before, from)];
    if (now === was) continue;
    let customers = 0;
    for (const group of cube.groups) {
      if (bounded(now, group) === bounded(was, group)) continue;
      customers += group.sums[0][to - FIRST] - group.sums[0][from - FIRST];
    }
    const previous = stretches.at(-1);
    if (previous && previous.to === from && previous.better === now < was) {
      previous.to = to;
      previous.customers += customers;
    } else stretches.push({ from, to, better: now < was, customers });
  }
  return stretches;
}

/** Whole parts of `whole` in proportion to `values`, adding up to it: largest remainders first. */
export function parts(values, whole) {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return values.map(() => null);
  const exact = values.map((value) => (value * whole) / total);
  const result = exact.map(Math.floor);
  let rest = whole - result.reduce((sum, value) => sum + value, 0);
  const order = exact.map((value, i) => [value - result[i], i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, i] of order) if (rest-- > 0) result[i] += 1;
  return result;
}

// Writing numbers ----------------------------------------------------------------------------------------------------

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const whole = (n) => grouped.format(n).replace("-", "−");
const signed = (text, n) => (n > 0 ? `+${text}` : n < 0 ? `−${text}` : `±${text}`);
// {n}, and {n:customer|customers}, of which the first is for one, as riskcore/text.py has it.
export const fill = (text, slots) => text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) =>
  many === undefined ? slots[name] : slots[name] === "1" ? one : many);

/** Money in cents, written in the unit that suits `typical`, so that one column keeps one unit. */
export function moneyWriter(lang, currency, texts) {
  const units = (lang === "zh" ? [[1e12, "large", 2], [1e8, "middle", 2], [1e4, "small", 1]]
    : [[1e9, "large", 2], [1e6, "middle", 1], [1e3, "small", 1]]);
  const unitOf = (money) => {
    const [size, name, digits] = units.find(([least]) => Math.abs(money) >= least) ?? [1, null, 0];
    const [small, large] = [Math.abs(money) < 10 * size, Math.abs(money) >= 100 * size];
    if (name === "middle" && lang !== "zh") return [size, name, small ? 2 : 1];
    return [size, name, large ? Math.max(0, digits - 1) : digits];
  };
  const sign = currencySign(lang, currency);
  const numbers = [0, 1, 2].map((digits) => (
    new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  ));
  const amount = (money, typical) => {
    let [size, name, digits] = unitOf(typical);
    // A change too small for its column's unit would read as nothing: it gets its own.
    if (money && Math.abs(money) / size < 0.5 / 10 ** digits) [size, name, digits] = unitOf(money);
    const text = numbers[digits].format(Math.abs(money) / size);
    return name ? fill(texts[`money.${name}`], { n: text }) : text;
  };
  return {
    value: (cents, typical) => `${cents < 0 ? "−" : ""}${sign}${amount(cents / 100, typical / 100)}`,
    change: (cents, typical) => signed(cents ? amount(cents / 100, typical / 100) : "0", cents),
  };
}

function currencySign(lang, currency) {
  try {
    const format = new Intl.NumberFormat(lang, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    return format.formatToParts(0).find((part) => part.type === "currency").value;
  } catch {
    return `${currency} `; // not a currency's code: shown as it stands
  }
}
