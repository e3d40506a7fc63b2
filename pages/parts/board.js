// The threshold board: what a hand does and what Python says become one set of thresholds, drawn in the same frame.

const KEYS_WAIT = 250; // ms without a key before a keyboard move is committed
const EASING = 160; // ms, a little longer than the transition in the style sheet

class Board {
  constructor(host) {
    this.host = host;
    this.sent = []; // commits whose echo has not come back yet
    this.drag = null;
    this.observer = new ResizeObserver(() => this.measure());
    host.addEventListener("pointerover", ({ target }) => this.exact(target));
  }

  /** Show what Python says; a drag under way goes on undisturbed and is answered afterwards. */
  take(data, commit) {
    this.commitTo = commit;
    if (this.drag) {
      this.waiting = data;
      return;
    }
    const stamp = JSON.stringify({ ...data, thresholds: null });
    if (stamp === this.stamp) this.follow(data.thresholds);
    else {
      this.stamp = stamp;
      this.thresholds = [...data.thresholds];
      this.known = String(data.thresholds);
      this.sent = [];
      clearTimeout(this.timer);
      this.build(data);
    }
  }

  follow(thresholds) {
    const echo = this.sent.indexOf(String(thresholds));
    if (echo >= 0) {
      this.sent.splice(0, echo + 1);
      return;
    }
    clearTimeout(this.timer);
    this.sent = [];
    this.known = String(thresholds);
    if (this.known === String(this.thresholds)) return;
    this.thresholds = [...thresholds];
    this.host.classList.add("easing");
    setTimeout(() => this.host.classList.remove("easing"), EASING);
    this.draw();
  }

  build(data) {
    this.data = data;
    this.cube = prepare(data);
    this.before = this.countAt(data.in_force);
    this.money = moneyWriter(data.lang, data.currency, data.texts);
    this.observer.disconnect();
    this.host.replaceChildren();
    this.host.classList.toggle("present", data.present);
    const about = { role: "group", "aria-label": data.texts.label, lang: data.lang };
    const board = add(this.host, "div", { class: "columns-two", ...about });
    const wide = data.tiers.length > 4; // many cards need the whole width
    const above = wide ? cards(board, this) : null;
    const main = add(board, "div", { class: "main" });
    this.cards = above ?? cards(main, this);
    this.chart = chart(main, this);
    this.pins = data.pins.length ? pins(this.chart, this) : null;
    this.price = data.money && this.cube.money.allSales ? price(main, this) : null;
    const hasBars = data.segments.names.length;
    const side = hasBars || data.money ? add(board, "div", { class: "side" }) : null;
    this.bars = hasBars ? bars(side, this) : null;
    this.writeFigures = data.money ? figures(side, this) : null;
    this.live = add(this.host, "p", { class: "spoken", role: "status", "aria-live": "polite" });
    this.listen();
    this.measure();
    this.observer.observe(this.chart.plot);
  }

  countAt(thresholds) {
    const counted = count(this.cube, thresholds);
    if (this.cube.money) counted.money = countMoney(this.cube.money, thresholds);
    return counted;
  }

  measure() {
    if (!this.chart.plot.clientWidth) return; // not laid out yet, or on a page that is hidden
    this.cards.measure();
    this.chart.measure();
    this.pins?.measure();
    this.price?.measure();
    this.bars?.measure();
    this.draw();
  }

  draw() {
    const now = this.countAt(this.thresholds);
    this.stretches = moves(this.cube, this.thresholds, this.data.in_force);
    this.now = now;
    this.cards.draw(now, this.thresholds);
    this.bars?.draw(now);
    this.writeFigures?.(now);
    this.chart.draw(now, this.thresholds, this.stretches);
    this.pins?.draw(this.thresholds);
    this.price?.draw(now, this.thresholds, Boolean(this.drag));
    if (!this.drag) this.price?.tell();
  }

  listen() {
    const { plot, handles } = this.chart;
    plot.addEventListener("pointerdown", (event) => this.grab(event));
    plot.addEventListener("pointermove", (event) => this.pull(event));
    plot.addEventListener("pointerup", () => this.release());
    plot.addEventListener("pointercancel", () => this.release(true));
    handles.forEach((handle, k) => handle.addEventListener("keydown", (event) => this.press(event, k)));
  }

  grab(event) {
    const target = event.target.closest("[data-line]");
    if (!target || event.button !== 0) return;
    event.preventDefault();
    let k = Number(target.getAttribute("data-line"));
    if (target.className === "line") {
      // Lines that stand close share their ground: the nearest one is meant.
      const at = event.clientX - this.chart.plot.getBoundingClientRect().left;
      const away = this.thresholds.map((score) => Math.abs(this.chart.at().x(score) - at));
      k = away.indexOf(Math.min(...away));
    }
    const handle = this.chart.handles[k];
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    this.drag = { k, from: event.clientX, score: this.thresholds[k] };
    this.host.classList.remove("easing");
    handle.classList.add("held");
  }

  pull(event) {
    if (!this.drag) return;
    this.put(this.drag.k, this.drag.score + Math.round((event.clientX - this.drag.from) / this.chart.at().scale));
  }

  release(back = false) {
    if (!this.drag) return;
    const { k, score } = this.drag;
    this.chart.handles[k].classList.remove("held");
    if (back) this.put(k, score);
    this.drag = null;
    this.draw(); // what stood still under the hand settles
    const waiting = this.waiting;
    this.waiting = null;
    this.commit();
    if (waiting) this.take({ ...waiting, thresholds: this.thresholds }, this.commitTo);
  }

  press(event, k) {
    if (event.key === "Escape") return this.release(true);
    if (this.drag || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const steps = {
      ArrowRight: far, ArrowUp: far, ArrowLeft: -far, ArrowDown: -far,
      PageUp: 10, PageDown: -10, Home: -SCORES, End: SCORES,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    if (!this.put(k, this.thresholds[k] + steps[event.key])) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), KEYS_WAIT);
  }

  /** Move a threshold as far as its neighbours let it; whether it moved. */
  put(k, score) {
    const low = (this.thresholds[k + 1] ?? FIRST) + 1;
    const high = (this.thresholds[k - 1] ?? LAST + 1) - 1;
    const to = Math.max(low, Math.min(high, score));
    if (to === this.thresholds[k]) return false;
    this.thresholds[k] = to;
    this.draw();
    return true;
  }

  commit() {
    clearTimeout(this.timer);
    const key = String(this.thresholds);
    if (key === this.known) return;
    this.known = key;
    this.sent.push(key);
    this.commitTo("thresholds", [...this.thresholds]);
    this.say();
  }

  /** Money is written short; under the pointer it is told to the unit. */
  exact(node) {
    const per = Number(node.getAttribute("data-exact"));
    if (per) node.title = `${this.data.currency} ${whole(Number(node.getAttribute("data-value")) / per)}`;
  }

  say() {
    const { texts, tiers } = this.data;
    const moved = (better) => this.stretches.reduce((sum, s) => sum + (s.better === better ? s.customers : 0), 0);
    const each = this.now.tiers.map(({ customers }, k) => (
      fill(texts.summary_tier, { code: tiers[k].code, n: whole(customers) })
    ));
    const summary = fill(texts.summary, {
      tiers: each.reverse().join(texts.summary_between), better: whole(moved(true)), worse: whole(moved(false)),
    });
    this.live.textContent = this.price ? `${summary} ${this.sayMoney()}` : summary;
  }

  sayMoney() {
    const [is, was] = [this.now.money.money, this.before.money.money];
    const change = this.money.change(Math.round((is - was) / 100) * 100, was);
    return fill(this.data.texts.summary_money, { money: this.money.value(is, was), change });
  }

  leave() {
    this.observer.disconnect();
    clearTimeout(this.timer);
  }
}

const boards = new WeakMap();

// A commit is an event and not a state: the same thresholds may be committed again after Python set others.
export default function mount({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".board");
  const board = boards.get(host) ?? new Board(host);
  boards.set(host, board);
  board.take(data, setTriggerValue);
  return () => board.leave();
}
