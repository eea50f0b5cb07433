// What pointer, touch, wheel and keys do on a plot: move the cursor, pin it, select a range and zoom to it.
//
// Dragging across selects; a drag up or down scrolls the page. The wheel zooms only with Ctrl. Two fingers pinch.

const CLICK = 5; // pixels

/** Listens; answers how to stop. */
export function gestures(plot) {
  const listeners = { ...pointer(plot), wheel: wheel(plot), keydown: keys(plot) };
  for (const [name, listener] of Object.entries(listeners)) plot.svg.addEventListener(name, listener, { passive: name !== 'wheel' && name !== 'keydown' });
  return () => Object.entries(listeners).forEach(([name, listener]) => plot.svg.removeEventListener(name, listener));
}

function pointer(plot) {
  const { svg, range } = plot;
  const pointers = new Map();
  let start = null;
  let pinch = null;

  const xs = () => [...pointers.values()];
  const spread = () => Math.abs(xs()[0] - xs()[1]);

  function down(event) {
    pointers.set(event.pointerId, event.clientX);
    if (pointers.size === 2) {
      pinch = { distance: spread(), window: range.window() };
      start = null;
      plot.select(null);
    } else if (event.button === 0) start = event.clientX;
  }

  function move(event) {
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event.clientX);
    if (pinch || plot.x === undefined) return;
    if (start !== null && Math.abs(event.clientX - start) > CLICK) {
      svg.setPointerCapture(event.pointerId);
      plot.select([plot.timeAt(start), plot.timeAt(event.clientX)]);
    }
    if (!plot.pinned) plot.moveTo(plot.timeAt(event.clientX));
  }

  function up(event) {
    if (pinch && pointers.size === 2) {
      const [from, to] = pinch.window;
      const factor = pinch.distance / Math.max(1, spread());
      const at = plot.timeAt((xs()[0] + xs()[1]) / 2);
      range.zoom(at - (at - from) * factor, at + (to - at) * factor);
    } else if (start !== null && plot.selection) zoomToSelection(plot);
    else if (start !== null) {
      plot.pinned = !plot.pinned;
      plot.moveTo(plot.timeAt(event.clientX));
    }
    release(event);
  }

  function release(event) {
    pointers.delete(event.pointerId);
    start = null;
    if (pointers.size < 2) pinch = null;
    if (plot.selection && pointers.size === 0) plot.select(null);
  }

  function leave() {
    if (!plot.pinned && start === null) plot.moveTo(null);
  }

  return { pointerdown: down, pointermove: move, pointerup: up, pointercancel: release, pointerleave: leave, blur: leave };
}

function zoomToSelection(plot) {
  const [from, to] = plot.selection.toSorted((a, b) => a - b);
  plot.select(null);
  plot.pinned = false;
  if (to > from) plot.range.zoom(from, to);
}

const wheel = (plot) => (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  plot.range.scale(event.deltaY > 0 ? 1.25 : 0.8, plot.timeAt(event.clientX));
};

const keys = (plot) => (event) => {
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (direction) {
    const from = plot.cursor;
    const next = plot.step(direction);
    if (next === null) return;
    event.preventDefault();
    if (event.shiftKey) plot.select([plot.selection?.[0] ?? from ?? next, next]);
    else if (plot.selection) plot.select(null);
    plot.moveTo(next, true);
  } else if (event.key === 'Enter' && plot.selection) {
    event.preventDefault();
    zoomToSelection(plot);
  } else if (event.key === 'Escape') {
    plot.pinned = false;
    plot.moveTo(null);
    if (plot.selection) plot.select(null);
    else plot.range.reset();
  }
};
