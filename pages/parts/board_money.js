// The money of a book at any thresholds, and the price of each threshold; the formulas are those of riskcore's money.
// Cents throughout; per score tier, running sums over places, so that any thresholds are a few look-ups.

const FLOWS = ["exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "sales_prepaid"];
const LIMITS = ["limit", "limit_up", "limit_down"];
const FIGURES = [...FLOWS, ...LIMITS];
const CENT = 1; // sums of doubles that differ by less are the same money

/** Running sums as in `running`: at a place all scores below it; behind the last place what has no score. */
function accumulate(sum) {
  for (let place = 1; place <= SCORES; place++) sum[place] += sum[place - 1];
  return sum;
}

/** What each cell of the cube earns, costs and may lose in each tier that its score alone may give. */
export function prepareMoney({ money, tiers }) {
  const [group, score] = [unpack(money.group, Uint16Array), unpack(money.score, Uint16Array)];
  const [sales, late, exposure, unused] = ["sales", "sales_late", "exposure", "unused"].map((name) => (
    unpack(money[name], Float64Array)
  ));
  const sums = tiers.map(() => Object.fromEntries(FIGURES.map((name) => [name, new Float64Array(SCORES + 2)])));
  // Margin in the tier below a threshold that would not be earned there if its customers stood above: what a change
  // of the share kept in that tier multiplies.
  const stakes = tiers.slice(1).map(() => new Float64Array(SCORES + 2));
  const pds = Array.from({ length: SCORES + 1 }, (_, place) => pdAt(money, place < SCORES ? FIRST + place : money.lowest));
  let [today, allSales] = [0, 0];
  score.forEach((place, row) => {
    const [best, worst, inDefault] = money.groups[group[row]];
    const pd = inDefault ? 1 : pds[place];
    today += pd * money.lgd * (exposure[row] + money.ead * unused[row]);
    allSales += sales[row];
    const finals = tiers.map((_, tier) => bounded(tier, { best, worst }));
    finals.forEach((final, tier) => {
      const onTerms = money.prepaid[final] ? 0 : (sales[row] * money.terms[final] + late[row]) / 365;
      const sum = sums[tier];
      sum.exposure_on_terms[place + 1] += onTerms;
      sum.margin_kept[place + 1] += money.margin * sales[row] * money.kept[final];
      sum.expected_loss[place + 1] += pd * money.lgd * onTerms;
      sum.cost_of_money[place + 1] += money.cost * onTerms;
      if (money.prepaid[final]) sum.sales_prepaid[place + 1] += sales[row];
    });
    stakes.forEach((stake, k) => {
      stake[place + 1] += money.margin * sales[row] * ((finals[k + 1] === k + 1) - (finals[k] === k + 1));
    });
  });
  for (const name of LIMITS) {
    money[name].forEach((packed, tier) => {
      unpack(packed, Float64Array).forEach((value, place) => { sums[tier][name][place + 1] += value; });
    });
  }
  for (const sum of sums) for (const name of FIGURES) accumulate(sum[name]);
  for (const sum of sums) sum.money = sum.margin_kept.map((kept, i) => kept - sum.expected_loss[i] - sum.cost_of_money[i]);
  stakes.forEach(accumulate);
  return { sums, today, allSales, gains: gainsOf(money, sums, stakes) };
}

const pdAt = ({ odds, anchor, doubling }, score) => 1 / (1 + odds * 2 ** ((score - anchor) / doubling));

/** Per threshold what lifting it to a place adds to the money, over what it adds at the lowest one, for each share
 * kept in the tier below that is within the stated uncertainty; the share as stated first. */
function gainsOf({ kept, uncertainty }, sums, stakes) {
  return stakes.map((stake, k) => {
    const steps = Array.from({ length: Math.floor(2 * uncertainty) + 1 }, (_, i) => i - uncertainty);
    const shares = new Set(steps.map((step) => Math.max(0, Math.min(1, kept[k + 1] + step / 100))));
    const gain = (share) => sums[k + 1].money.map((below, place) => (
      below - sums[k].money[place] + (share - kept[k + 1]) * stake[place]
    ));
    return [kept[k + 1], ...shares].map(gain);
  });
}

/** The figures of a year under these thresholds, in cents. */
export function countMoney({ sums, today }, thresholds) {
  const places = placesOf(thresholds);
  const last = sums.length - 1;
  const total = (name) => sums.reduce(
    (sum, tier, k) => sum + tier[name][places[k]] - tier[name][places[k + 1]], sums[last][name][SCORES + 1],
  );
  const now = Object.fromEntries(FIGURES.map((name) => [name, total(name)]));
  now.money = now.margin_kept - now.expected_loss - now.cost_of_money;
  now.expected_loss_today = today;
  return now;
}

/** The scores between its neighbours where threshold `k` may stand. */
const rangeOf = (thresholds, k) => [(thresholds[k + 1] ?? FIRST) + 1, (thresholds[k - 1] ?? LAST + 1) - 1];

/** The money with threshold `k` at every score where it may stand and the others held; `money` is that of now. */
export function curve({ gains }, thresholds, k, money) {
  const [from, to] = rangeOf(thresholds, k);
  const gain = gains[k][0];
  const rest = money - gain[thresholds[k] - FIRST];
  return { from, values: Array.from({ length: to - from + 1 }, (_, i) => rest + gain[from + i - FIRST]) };
}

/** The first and the last score that is the best start of threshold `k` for one of the shares kept that may be. */
export function bestStart({ gains }, thresholds, k) {
  const [from, to] = rangeOf(thresholds, k);
  let [first, last] = [to, from];
  for (const gain of gains[k]) {
    let most = -Infinity;
    for (let score = from; score <= to; score++) most = Math.max(most, gain[score - FIRST]);
    for (let score = from; score <= to; score++) {
      if (gain[score - FIRST] < most - CENT) continue;
      [first, last] = [Math.min(first, score), Math.max(last, score)];
    }
  }
  return { first, last };
}

/** The PD and score at which the worst tier on terms and the best prepaid one earn the same; null without the two. */
export function breakEven({ prepaid, kept, terms, margin, cost, lgd, odds, anchor, doubling }) {
  const below = prepaid.indexOf(true);
  if (below < 1) return null;
  const pd = (((1 - kept[below]) * margin * 365) / terms[below - 1] - cost) / lgd;
  return { below, pd, score: pd > 0 && pd < 1 ? anchor + doubling * Math.log2((1 - pd) / pd / odds) : null };
}
