// What the eye gets while a handle is dragged and after it is let go, taken down in the page itself.
() => {
  const board = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((r) => r?.querySelector(".board"));
  const cards = board.querySelector(".cards");
  const channel = new MessageChannel();
  let onPaint = null;
  channel.port1.onmessage = () => onPaint?.();

  // A message sent in a frame's callback is received once that frame is painted.
  const painted = (then) => {
    onPaint = then;
    channel.port2.postMessage(null);
  };

  /** Frames from now on: their lengths, whether a card's text changed in them, and from a move to its paint, in ms. */
  window.watchDrag = () => {
    const seen = { frames: [], changed: 0, paints: [], moves: 0 };
    let [last, text, move, on] = [null, cards.textContent, null, true];
    const moved = (event) => { move ??= event.timeStamp; seen.moves += 1; };
    addEventListener("pointermove", moved, true);
    const frame = (now) => {
      if (!on) return;
      if (last !== null) {
        seen.frames.push(now - last);
        if (cards.textContent !== text) seen.changed += 1;
      }
      [last, text] = [now, cards.textContent];
      if (move !== null) {
        const from = move;
        move = null;
        painted(() => seen.paints.push(performance.now() - from));
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return () => { on = false; removeEventListener("pointermove", moved, true); return seen; };
  };

  const grid = () => document.querySelector("[data-testid=stDataFrame] canvas[data-testid=data-grid-canvas]");
  const caption = () => [...document.querySelectorAll("[data-testid=stCaptionContainer]")].map((e) => e.textContent).join();

  /** Whether the names of the first rows are drawn: dark ink where they stand. */
  const inked = (canvas) => {
    const sharp = canvas.width / canvas.clientWidth;
    const strip = canvas.getContext("2d").getImageData(8 * sharp, 36 * sharp, 150 * sharp, 26 * sharp).data;
    for (let i = 0; i < strip.length; i += 4) if (strip[i + 3] > 200 && strip[i] < 120) return true;
    return false;
  };

  /** Resolves to the ms from the next release to the movers of the new thresholds drawn: another table, other counts. */
  window.watchRelease = () => {
    const [canvas, counts] = [grid(), caption()];
    window.released = new Promise((done) => {
      addEventListener("pointerup", ({ timeStamp }) => {
        const frame = () => {
          const now = grid();
          if (now && now !== canvas && now.clientWidth && caption() !== counts && inked(now)) {
            painted(() => done(performance.now() - timeStamp));
          } else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }, { capture: true, once: true });
    });
  };
}
