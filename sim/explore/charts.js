"use strict";

const STACK = ["collapsed", "lapsed", "standing", "completed"];
const MARGIN = { left: 52, right: 12, top: 24, bottom: 40 };
let chosen = null; // the column that the numbers below the chart speak of

// ---------------------------------------------------------------- dots: a hundred runs along the count

function drawDots(list, width) {
  const isNarrow = width < 560;
  const abreast = isNarrow ? 4 : 6;
  const step = width / list.columns.length;
  const pitch = Math.min(11, (step - 6) / abreast);
  const tallest = Math.max(...list.rows.flatMap((one) => one.columns.map((c) => c.dots.reduce((a, b) => a + b, 0))));
  const rows = Math.max(2, Math.ceil(tallest / abreast));
  const legend = element("ul", { id: "legend" }, ...list.endings.map((end) => element("li", {}, element("span", { class: `key ${end.end}` }), end.words)));
  return [legend, ...list.rows.map((one, place) => dotRow(list, one, place, { step, pitch, abreast, rows, width, isNarrow }))];
}

function dotRow(list, one, place, size) {
  const base = 44 + size.rows * size.pitch;
  const height = base + (size.isNarrow ? 50 : 40);
  const chart = drawn("svg", { viewBox: `0 0 ${size.width} ${height}`, role: "group", "aria-label": `${list.what}: ${one.name}, ${one.middle}` });
  const title = drawn("text", { x: 0, y: 14, class: "panel-title" }, one.name);
  title.append(drawn("tspan", { class: "quiet", "font-weight": "400", ...(size.isNarrow ? { x: 0, dy: 14 } : { dx: 8 }) }, one.middle));
  chart.append(title, drawn("line", { x1: 0, x2: size.width, y1: base, y2: base, class: "base-line" }));
  list.columns.forEach((column, number) => chart.append(dotColumn(list, one, place, number, base, size)));
  return chart;
}

function dotColumn(list, one, place, number, base, size) {
  const column = list.columns[number];
  const found = one.columns[number];
  const middle = (number + 0.5) * size.step;
  const ends = STACK.flatMap((end, k) => Array(found.dots[k]).fill(end));
  const words = `${column.label}${column.words ? ` (${column.words})` : ""}: ${found.words || "0"} of ${list.base} runs`;
  const group = drawn("g", { class: "column", role: "button", "aria-label": `${one.name}, ${words}`, tabindex: place || number ? -1 : 0, "data-place": place, "data-number": number });
  group.append(drawn("rect", { x: middle - size.step / 2, y: 22, width: size.step, height: base - 22 }));
  const left = middle - ((size.abreast - 1) / 2) * size.pitch;
  ends.forEach((end, i) =>
    group.append(
      drawn("circle", {
        class: end, r: (size.pitch * 0.42).toFixed(2), cx: (left + (i % size.abreast) * size.pitch).toFixed(1),
        cy: (base - (Math.floor(i / size.abreast) + 0.5) * size.pitch).toFixed(1),
      }),
    ),
  );
  const top = base - Math.ceil(ends.length / size.abreast) * size.pitch - 4;
  const weight = column.words ? { class: "bold" } : { class: "quiet" };
  group.append(drawn("text", { x: middle, y: top, "text-anchor": "middle", ...(column.words ? { class: "bold" } : {}) }, found.words));
  const label = column.label.length > (size.isNarrow ? 5 : 8) ? column.label.split("-").map((part, i) => (i ? part : `${part}-`)) : [column.label];
  [...label, ...(column.words ? [column.words] : [])].forEach((line, i) =>
    group.append(drawn("text", { x: middle, y: base + 15 + 14 * i, "text-anchor": "middle", ...weight }, line)),
  );
  group.addEventListener("pointerenter", () => readColumn(list, place, number));
  group.addEventListener("focus", () => readColumn(list, place, number));
  group.addEventListener("click", () => openKind(list, place, number));
  group.addEventListener("keydown", (event) => moveAlong(event, list, place, number));
  return group;
}

function moveAlong(event, list, place, number) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    openKind(list, place, number);
    return;
  }
  const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (!moves[event.key]) return;
  event.preventDefault();
  const [down, along] = moves[event.key];
  const next = document.querySelector(`.column[data-place="${place + down}"][data-number="${number + along}"]`);
  if (!next) return;
  event.currentTarget.setAttribute("tabindex", -1);
  next.setAttribute("tabindex", 0);
  next.focus();
}

function readColumn(list, place, number) {
  const column = list.columns[number];
  const told = list.rows.map((one) => {
    const found = one.columns[number];
    const ends = STACK.flatMap((end, k) => (found.dots[k] ? [`${list.words[end]} ${found.dots[k]}`] : []));
    return `${one.name}: ${found.words || "0"}${ends.length ? ` (${ends.join(", ")})` : ""}`;
  });
  byId("read").textContent = `${column.label}${column.words ? `, ${column.words}` : ""}, in runs of ${list.base}: ${told.join("; ")}.`;
  chosen = { list, place, number };
  byId("open-one").hidden = !list.rows[place].columns[number].n;
}

// ---------------------------------------------------------------- by day: bands, and a line to read them at

function steps(values, x, y) {
  let path = `M${x(0)},${y(values[0])}`;
  for (let day = 1; day < values.length; day++) path += `H${x(day)}V${y(values[day])}`;
  return path;
}

function band(low, high, x, y) {
  let back = "";
  for (let day = low.length - 1; day > 0; day--) back += `V${y(low[day])}H${x(day)}V${y(low[day - 1])}`;
  return `${steps(high, x, y)}${back}Z`;
}

function drawDays(days, kind, width) {
  const [one, base] = [days.scenario.curves[kind], days.baseline.curves[kind]];
  const height = 300;
  const last = Math.max(one.median.length, base.median.length) - 1;
  const total = Math.max(one.total, base.total, one.high_90.at(-1), base.high_90.at(-1), 1);
  const words = `${one.words}, of ${one.total.toLocaleString("en")}. On the last day: scenario ${told(one)}; compared with ${told(base)}.`;
  const title = `${one.words} (of ${one.total.toLocaleString("en")})`;
  const { chart, x, y, finish } = dayChart(days, words, title, last, total, width, height, (day) => readDay(days, kind, day));
  chart.dataset.kind = kind;
  for (const [name, low, high] of [["90", "low_90", "high_90"], ["50", "low_50", "high_50"]]) {
    chart.append(drawn("path", { class: `band-${name}`, d: band(one[low], one[high], x, y) }));
  }
  chart.append(drawn("path", { class: "base-90", d: steps(base.low_90, x, y) }));
  chart.append(drawn("path", { class: "base-90", d: steps(base.high_90, x, y) }));
  chart.append(drawn("path", { class: "median", d: steps(one.median, x, y) }));
  chart.append(drawn("path", { class: "base-median", d: steps(base.median, x, y) }));
  chart.addEventListener("click", (event) => {
    const box = chart.getBoundingClientRect();
    const height_ = ((event.clientY - box.top) / box.height) * height;
    openCount(kind, Math.max(0, Math.round(((height - MARGIN.bottom - height_) / (height - MARGIN.top - MARGIN.bottom)) * total)));
  });
  return finish();
}

// Runs of 100 in which an obligation is met by each day; null where the deal does not have it.
function metByDay(of, name) {
  if (!of.met[name]) return null;
  const runs = new Array(of.last + 1).fill(0);
  for (const [day, n] of of.met[name].by_day) runs[day] = n;
  let sum = 0;
  return runs.map((n) => (100 * (sum += n)) / of.n);
}

function drawMet(days, name, width) {
  const { words } = days.scenario.met[name] || days.baseline.met[name];
  const [one, base] = [metByDay(days.scenario, name), metByDay(days.baseline, name)];
  const last = Math.max(days.scenario.last, days.baseline.last);
  const at = (curve, day) => (curve ? ofHundred(curve[Math.min(day, curve.length - 1)]) : "not in the deal");
  const said = `${words}: runs of 100 in which it is met. By the last day: scenario ${at(one, last)}; compared with ${at(base, last)}.`;
  const read = (day) => {
    const date = dateOf(days, day);
    byId("read").textContent = `By day ${day}${date ? ` (${date})` : ""}, ${words}: met in ${at(one, day)} of 100 runs here, ${at(base, day)} in ${days.baseline.name}.`;
    byId("open-one").hidden = true;
  };
  const { chart, x, y, finish } = dayChart(days, said, `${words}: met, of 100 runs`, last, 100, width, 300, read);
  chart.dataset.kind = `${MET}${name}`;
  if (one) chart.append(drawn("path", { class: "median", d: steps(one, x, y) }));
  if (base) chart.append(drawn("path", { class: "base-median", d: steps(base, x, y) }));
  return finish();
}

// As numbers of runs are told elsewhere: never 0 for some, never 100 for not all.
function ofHundred(share) {
  if (share > 0 && share < 0.5) return "<1";
  if (share < 100 && share >= 99.5) return ">99";
  return String(Math.round(share));
}

// The frame that curves by day share: axes, a line at the day that is read, and what tells the numbers there.
function dayChart(days, words, title, last, total, width, height, read) {
  const x = (day) => +(MARGIN.left + (day / Math.max(last, 1)) * (width - MARGIN.left - MARGIN.right)).toFixed(1);
  const y = (count) => +(height - MARGIN.bottom - (count / total) * (height - MARGIN.top - MARGIN.bottom)).toFixed(1);
  const chart = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });
  chart.append(drawn("text", { x: MARGIN.left, y: 14, class: "panel-title" }, title));
  drawAxes(chart, x, y, last, total, width, days);
  const reader = drawn("line", { class: "reader", y1: MARGIN.top, y2: height - MARGIN.bottom });
  const readAt = (day) => {
    reader.setAttribute("x1", x(day));
    reader.setAttribute("x2", x(day));
    read(day);
  };
  const at = (event) => {
    const box = chart.getBoundingClientRect();
    const inside = ((event.clientX - box.left) / box.width) * width - MARGIN.left;
    return Math.max(1, Math.min(last, Math.round((inside / (width - MARGIN.left - MARGIN.right)) * last)));
  };
  chart.addEventListener("pointermove", (event) => {
    byId("day").value = at(event);
    readAt(at(event));
  });
  byId("day").max = last;
  byId("day").oninput = () => readAt(Number(byId("day").value));
  const finish = () => {
    chart.append(reader);
    readAt(Math.min(Number(byId("day").value), last));
    return chart;
  };
  return { chart, x, y, finish };
}

const told = (c) => `median ${c.median.at(-1)}, 90 % of runs ${c.low_90.at(-1)} to ${c.high_90.at(-1)}`;

function dateOf(days, day) {
  if (days.scenario.starts !== days.baseline.starts) return "";
  const date = new Date(new Date(`${days.scenario.starts}T00:00:00Z`).getTime() + (day - 1) * 864e5);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

function readDay(days, kind, day) {
  const at = (c) => {
    const place = Math.min(day, c.median.length - 1);
    return `${c.median[place].toLocaleString("en")} (${c.low_90[place].toLocaleString("en")} to ${c.high_90[place].toLocaleString("en")})`;
  };
  const [one, base] = [days.scenario, days.baseline];
  const date = dateOf(days, day);
  byId("read").textContent = `Day ${day}${date ? ` (${date})` : ""}, ${one.curves[kind].words.toLowerCase()}: ${at(one.curves[kind])} here, ${at(base.curves[kind])} in ${base.name}.`;
  byId("open-one").hidden = true;
}

function drawAxes(chart, x, y, last, total, width, days) {
  const axis = drawn("g", { class: "axis" });
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 1e4, 1e5, 1e6].find((s) => total / s <= 5.5) || total;
  for (let count = 0; count <= total; count += step) {
    axis.append(drawn("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(count), y2: y(count) }));
    axis.append(drawn("text", { x: MARGIN.left - 6, y: y(count) + 4, "text-anchor": "end" }, count.toLocaleString("en")));
  }
  const most = Math.max(2, Math.floor(width / 80));
  const gap = [1, 2, 7, 14, 28, 56, 112, 364].find((s) => last / s <= most) || last;
  let year = null;
  for (let day = 1; day <= last; day += gap) {
    axis.append(drawn("text", { x: x(day), y: y(0) + 16, "text-anchor": "middle" }, `day ${day}`));
    const date = dateOf(days, day);
    if (date) {
      const now = date.slice(-4);
      axis.append(drawn("text", { x: x(day), y: y(0) + 31, "text-anchor": "middle" }, now === year ? date.slice(0, -5) : date));
      year = now;
    }
  }
  chart.append(axis);
}

// ---------------------------------------------------------------- ends

function endsOf(one) {
  const bar = drawn("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
  const all = one.parts.reduce((sum, part) => sum + part.count, 0);
  let left = 0;
  for (const part of one.parts) {
    const width = (100 * part.count) / all;
    bar.append(drawn("rect", { x: left.toFixed(2), y: 0, width: width.toFixed(2), height: 6, class: part.end, "stroke-width": 0 }));
    left += width;
  }
  const items = one.parts.map((part) => element("li", {}, element("span", { class: `key ${part.end}` }), element("strong", {}, part.runs), ` ${part.words}`));
  return element("div", { class: "ends" }, element("h3", {}, one.name), bar, element("ul", {}, ...items));
}
