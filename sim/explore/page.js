"use strict";

const CURVES = ["hostages_living", "hostages_deceased", "prisoners"];
const SLOW = 400; // milliseconds: where all runs take longer than this, a draft of fewer runs is drawn first
const byId = (id) => document.getElementById(id);
const tab = crypto.getRandomValues(new Uint32Array(4)).join("-");

let limits = null;
let text = null; // the edited scenario that runs in place of the catalogue's
let sliders = new Map(); // by path: what the server says of it, and its elements
const moved = new Map(); // values by path
let newest = 0; // number of the latest redrawing
let busy = null; // what ends the request under way
let waits = false; // whether a slider moved while a request was under way
let typical = Infinity; // milliseconds that all runs took last time
let shown = null; // the answer that is drawn

// ---------------------------------------------------------------- elements

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes = {}, content = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (content) made.textContent = content;
  return made;
}

const row = (heading, ...cells) =>
  element("tr", {}, element("th", { scope: "row" }, heading), ...cells.map((cell) => element("td", {}, cell)));

function fail(message) {
  byId("failure").textContent = message;
  byId("failure").hidden = !message;
}

// ---------------------------------------------------------------- asking

class Refused extends Error {
  constructor(status, answer) {
    super(answer.error);
    this.status = status;
    this.problems = answer.problems;
  }
}

async function ask(what, body, signal) {
  const content = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(what, { method: "POST", body: content, signal });
  if (!answer.ok) {
    const reason = await answer.json().catch(() => ({ error: `the server answered ${answer.status}`, problems: [] }));
    throw new Refused(answer.status, reason);
  }
  return answer;
}

function wish(n = Number(byId("n").value)) {
  return {
    scenario: byId("scenario").value,
    baseline: byId("baseline").value,
    text,
    settings: Object.fromEntries(moved),
    n,
    seed: Math.max(0, Math.floor(Number(byId("seed").value)) || 0),
    tab,
  };
}

// ---------------------------------------------------------------- redrawing: only the latest counts

async function redraw(isWhole) {
  const mine = ++newest;
  if (busy) busy.abort();
  busy = new AbortController();
  waits = false;
  const whole = Number(byId("n").value);
  const counts = isWhole ? (typical > SLOW && whole > limits.draft ? [limits.draft, whole] : [whole]) : [limits.draft];
  try {
    for (const n of counts) {
      const begun = performance.now();
      const answer = await (await ask("run", wish(n), busy.signal)).json();
      if (mine !== newest) return;
      show(answer, n < whole);
      if (n === whole) typical = performance.now() - begun;
      document.body.dataset.drawn = `${mine}:${n}`;
    }
    fail("");
  } catch (error) {
    if (mine !== newest || error.name === "AbortError" || error.status === 409) return;
    fail(error.message);
    byId("status").textContent = "Not run: see the message above.";
  }
  busy = null;
  if (waits) redraw(false);
}

function show(answer, isDraft) {
  shown = answer;
  byId("chart").classList.toggle("is-draft", isDraft);
  drawCharts(answer);
  const rest = isDraft ? ", a draft; the others follow when the slider rests" : "";
  byId("status").textContent = `${answer.n.toLocaleString("en")} runs of each, seed ${answer.seed}${rest}.`;
  byId("ends").tBodies[0].replaceChildren(
    ...answer.ends.map((end) => row(end.words, end.scenario.words, end.baseline.words, verdict(end))),
  );
  byId("differences").tBodies[0].replaceChildren(
    ...answer.differences.map((one) =>
      row(one.words, one.difference, verdict(one), `${one.higher_in} runs`, `${one.lower_in} runs`),
    ),
  );
  byId("causes").replaceChildren(...answer.causes.map((cause) => element("li", {}, cause)));
  byId("examples-words").textContent = `Runs to open, by difference in '${answer.example_outcome}':`;
  byId("examples").replaceChildren(
    ...answer.examples.map((example) => {
      const words = `${example.which} (${example.difference}): run ${example.replicate}`;
      const button = element("button", { type: "button" }, words);
      button.addEventListener("click", () => {
        byId("replicate").value = example.replicate;
        openReplicate();
      });
      return button;
    }),
  );
  byId("examples").classList.add("buttons");
  byId("command").value = answer.command;
}

const verdict = (one) => element("span", { class: one.is_decided ? "is-decided" : "is-undecided" }, one.verdict);

// ---------------------------------------------------------------- the fan chart

const MARGIN = { left: 52, right: 12, top: 24, bottom: 40 };

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

function drawCharts(answer) {
  const width = Math.max(280, byId("chart").clientWidth || 600);
  const kinds = CURVES.filter((k) => answer.scenario.curves[k].total || answer.baseline.curves[k].total);
  byId("chart").replaceChildren(...kinds.map((kind) => drawPanel(answer, kind, width)));
}

function drawPanel(answer, kind, width) {
  const [one, base] = [answer.scenario.curves[kind], answer.baseline.curves[kind]];
  const height = 190;
  const last = Math.max(one.median.length, base.median.length) - 1;
  const total = Math.max(one.total, base.total, one.high_90.at(-1), base.high_90.at(-1), 1);
  const x = (day) => +(MARGIN.left + (day / Math.max(last, 1)) * (width - MARGIN.left - MARGIN.right)).toFixed(1);
  const y = (count) => +(height - MARGIN.bottom - (count / total) * (height - MARGIN.top - MARGIN.bottom)).toFixed(1);
  const words =
    `${one.words}, of ${one.total.toLocaleString("en")}. On the last day: scenario ${told(one)}; compared with ${told(base)}.`;
  const chart = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });
  chart.append(drawn("text", { x: MARGIN.left, y: 14, class: "panel-title" }, `${one.words} (of ${one.total.toLocaleString("en")})`));
  drawAxes(chart, x, y, last, total, width, answer);
  for (const [name, low, high] of [["90", "low_90", "high_90"], ["50", "low_50", "high_50"]]) {
    chart.append(drawn("path", { class: `band-${name}`, d: band(one[low], one[high], x, y) }));
  }
  chart.append(drawn("path", { class: "base-90", d: steps(base.low_90, x, y) }));
  chart.append(drawn("path", { class: "base-90", d: steps(base.high_90, x, y) }));
  chart.append(drawn("path", { class: "median", d: steps(one.median, x, y) }));
  chart.append(drawn("path", { class: "base-median", d: steps(base.median, x, y) }));
  return chart;
}

const told = (c) => `median ${c.median.at(-1)}, 90 % of runs ${c.low_90.at(-1)} to ${c.high_90.at(-1)}`;

function drawAxes(chart, x, y, last, total, width, answer) {
  const axis = drawn("g", { class: "axis" });
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 1e4, 1e5, 1e6].find((s) => total / s <= 4.5) || total;
  for (let count = 0; count <= total; count += step) {
    axis.append(drawn("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(count), y2: y(count) }));
    axis.append(drawn("text", { x: MARGIN.left - 6, y: y(count) + 4, "text-anchor": "end" }, count.toLocaleString("en")));
  }
  const most = Math.max(2, Math.floor(width / 80));
  const days = [1, 2, 7, 14, 28, 56, 112, 364].find((s) => last / s <= most) || last;
  const start = answer.scenario.starts === answer.baseline.starts ? new Date(`${answer.scenario.starts}T00:00:00Z`) : null;
  let year = null;
  for (let day = 1; day <= last; day += days) {
    axis.append(drawn("text", { x: x(day), y: y(0) + 16, "text-anchor": "middle" }, `day ${day}`));
    if (start) {
      const date = new Date(start.getTime() + (day - 1) * 864e5);
      const isNewYear = day === 1 || date.getUTCFullYear() !== year;
      year = date.getUTCFullYear();
      const form = { day: "numeric", month: "short", ...(isNewYear ? { year: "numeric" } : {}), timeZone: "UTC" };
      axis.append(drawn("text", { x: x(day), y: y(0) + 31, "text-anchor": "middle" }, date.toLocaleDateString("en-GB", form)));
    }
  }
  chart.append(axis);
}

// ---------------------------------------------------------------- sliders

function valueInWords(slider, value) {
  if (slider.unit === "chance") return `${+(100 * value).toFixed(1)} of 100`;
  if (slider.unit === "number") return `${+value.toPrecision(3)}`;
  const rounded = Math.round(value * 10) / 10;
  return value >= 48 ? `${Math.round(value / 2.4) / 10} d` : `${rounded} h`;
}

function makeSlider(slider, number) {
  const id = `slider-${number}`;
  const input = element("input", { type: "range", id, min: 0, max: slider.high, step: slider.step, "data-path": slider.path });
  input.value = slider.value;
  const output = element("output", { for: id }, valueInWords(slider, slider.value));
  const box = element("div", { class: "slider", title: slider.why }, element("label", { for: id }, slider.label), output, input);
  input.setAttribute("aria-valuetext", output.textContent);
  const why = element("span", { id: `${id}-why`, hidden: "" }, slider.why);
  input.setAttribute("aria-describedby", why.id);
  box.append(why);
  input.addEventListener("focus", () => (byId("why").textContent = `${slider.label}. ${slider.why}`));
  input.addEventListener("input", () => {
    setMoved(slider, input, output, box, Number(input.value));
    if (busy) waits = true;
    else redraw(false);
  });
  input.addEventListener("change", () => redraw(true));
  return { slider, input, output, box };
}

function setMoved(slider, input, output, box, value) {
  const isMoved = value !== null;
  if (isMoved) moved.set(slider.path, value);
  else {
    moved.delete(slider.path);
    input.value = slider.value;
  }
  output.textContent = valueInWords(slider, isMoved ? value : slider.value);
  if (isMoved) output.textContent += ` (was ${valueInWords(slider, slider.value)})`;
  input.setAttribute("aria-valuetext", output.textContent);
  box.classList.toggle("is-moved", isMoved);
  byId("reset").disabled = moved.size === 0;
  byId("moved").textContent = moved.size ? `${moved.size} moved.` : "Nothing is moved.";
}

function showSliders(found) {
  moved.clear();
  sliders = new Map();
  const groups = new Map();
  found.forEach((slider, number) => {
    const made = makeSlider(slider, number);
    sliders.set(slider.path, made);
    if (!groups.has(slider.group)) groups.set(slider.group, []);
    groups.get(slider.group).push(made.box);
  });
  byId("sliders").replaceChildren(
    ...[...groups].map(([name, boxes], place) => {
      const group = element("details", {}, element("summary", {}, `${name} (${boxes.length})`), ...boxes);
      group.open = place === 0;
      return group;
    }),
  );
  byId("reset").disabled = true;
  byId("moved").textContent = "Nothing is moved.";
}

byId("reset").addEventListener("click", () => {
  for (const path of [...moved.keys()]) {
    const { slider, input, output, box } = sliders.get(path);
    setMoved(slider, input, output, box, null);
  }
  redraw(true);
});

// ---------------------------------------------------------------- choosing a scenario

async function openScenario() {
  try {
    const found = await (await ask("open", { ...wish(), settings: {} })).json();
    byId("question").textContent = [found.title, found.question].filter(Boolean).join(": ");
    showSliders(found.sliders);
    const lists = found.not_modelled.map((part) => [
      element("p", {}, part.heading),
      element("ul", {}, ...part.texts.map((words) => element("li", {}, words))),
    ]);
    byId("not-modelled").replaceChildren(...lists.flat());
    if (text === null) {
      byId("text").value = found.text;
      byId("back").disabled = true;
      byId("use").disabled = true;
      showProblems([]);
      byId("problems-status").textContent = "";
    }
    await redraw(true);
  } catch (error) {
    fail(error.message);
  }
}

function offerBaselines(catalogue) {
  const deal = catalogue.scenarios.find((entry) => entry.name === byId("scenario").value).deal;
  const fitting = catalogue.scenarios.filter((entry) => entry.deal === deal);
  byId("baseline").replaceChildren(...fitting.map((entry) => element("option", { value: entry.name }, `${entry.name}: ${entry.title}`)));
  const usual = `${deal}/baseline`;
  byId("baseline").value = fitting.some((entry) => entry.name === usual) ? usual : byId("scenario").value;
}

async function begin() {
  const catalogue = await (await fetch("catalogue")).json();
  limits = catalogue.limits;
  byId("footer").textContent = catalogue.footer;
  const groups = catalogue.deals.map((deal) =>
    element(
      "optgroup",
      { label: `${deal.name}: ${deal.title}` },
      ...catalogue.scenarios
        .filter((entry) => entry.deal === deal.name)
        .map((entry) => element("option", { value: entry.name }, `${entry.name}: ${entry.title}`)),
    ),
  );
  byId("scenario").replaceChildren(...groups);
  byId("scenario").value = catalogue.start;
  offerBaselines(catalogue);
  byId("scenario").addEventListener("change", () => {
    text = null;
    offerBaselines(catalogue);
    openScenario();
  });
  for (const id of ["baseline", "n", "seed"]) byId(id).addEventListener("change", () => redraw(true));
  await openScenario();
}

// ---------------------------------------------------------------- one replicate

let picture = ""; // address of the timeline that is shown

function chosenReplicate() {
  const number = Math.max(0, Math.floor(Number(byId("replicate").value)) || 0);
  return { ...wish(), replicate: number, of: byId("of").value };
}

async function openReplicate() {
  byId("one-status").textContent = "Opening …";
  try {
    const found = await (await ask("replicate", chosenReplicate())).json();
    URL.revokeObjectURL(picture);
    picture = URL.createObjectURL(new Blob([found.svg], { type: "image/svg+xml" }));
    byId("picture").replaceChildren(element("img", { id: "timeline", src: picture, alt: found.alt }));
    const more = found.left_out ? [["", "", `${found.left_out} more lines are left out`]] : [];
    byId("story").tBodies[0].replaceChildren(...[...found.story, ...more].map(([day, when, what]) => row(String(day), when, what)));
    byId("chain").replaceChildren(...found.chain.map((line) => element("li", {}, line)));
    byId("one-shown").hidden = false;
    byId("one-status").textContent = `Run ${found.replicate} of ${found.of}: ${found.end}.`;
  } catch (error) {
    byId("one-status").textContent = error.message;
  }
}

byId("one").addEventListener("submit", (event) => {
  event.preventDefault();
  openReplicate();
});

// ---------------------------------------------------------------- files to keep

function save(content, name) {
  const link = element("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  byId("keep-status").textContent = `${name} is downloaded.`;
}

for (const button of document.querySelectorAll("[data-file], [data-figure]")) {
  button.addEventListener("click", async () => {
    byId("keep-status").textContent = "Making the file …";
    try {
      const { figure, format } = button.dataset;
      const answer = figure ? await ask("figure", { ...chosenReplicate(), figure, format }) : await ask("document", wish());
      save(await answer.blob(), figure ? `${figure}.${format}` : "explored.yaml");
    } catch (error) {
      byId("keep-status").textContent = error.message;
    }
  });
}

byId("copy").addEventListener("click", async () => {
  byId("command").select();
  if (navigator.clipboard) await navigator.clipboard.writeText(byId("command").value).catch(() => document.execCommand("copy"));
  else document.execCommand("copy");
  byId("keep-status").textContent = "The command is copied.";
});
byId("save-command").addEventListener("click", () => save(new Blob([`${byId("command").value}\n`]), "command.txt"));

// ---------------------------------------------------------------- the text, with its problems

const LINE = 20;
let problems = [];
let timer = null;
let checked = 0;

function showProblems(found) {
  problems = found;
  const items = found.map((problem) => {
    const where = problem.file === "scenario.yaml" ? `line ${problem.line}` : `${problem.file}, line ${problem.line}`;
    const hint = problem.hint ? ` (${problem.hint})` : "";
    const button = element("button", { type: "button" }, where);
    button.addEventListener("click", () => goTo(problem.line));
    return element("li", { class: `is-${problem.severity}` }, button, ` ${problem.severity}: ${problem.path ? `${problem.path}: ` : ""}${problem.message}${hint}`);
  });
  byId("problems").replaceChildren(...items);
  drawMarks();
}

function drawMarks() {
  const field = byId("text");
  const own = new Map();
  for (const problem of problems) {
    if (problem.file === "scenario.yaml" && own.get(problem.line) !== "error") own.set(problem.line, problem.severity);
  }
  const n = field.value.split("\n").length;
  const first = Math.floor(field.scrollTop / LINE);
  const lines = [];
  for (let line = first + 1; line <= Math.min(n, first + 40); line++) {
    const severity = own.get(line);
    lines.push(element("div", severity ? { class: `is-${severity}`, "data-line": line } : {}, `${severity ? "! " : ""}${line}`));
  }
  byId("gutter").replaceChildren(...lines);
  byId("gutter").scrollTop = field.scrollTop - first * LINE;
  byId("marks").replaceChildren(
    ...[...own].map(([line, severity]) => {
      const mark = element("div", { class: `is-${severity}`, "data-line": line });
      mark.style.top = `${4 + (line - 1) * LINE - field.scrollTop}px`;
      return mark;
    }),
  );
}

function goTo(line) {
  const field = byId("text");
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1] || "").length);
  field.scrollTop = Math.max(0, (line - 4) * LINE);
}

async function check() {
  const mine = ++checked;
  try {
    const found = (await (await ask("check", byId("text").value)).json()).problems;
    if (mine !== checked) return;
    const n = found.filter((problem) => problem.severity === "error").length;
    showProblems(found);
    byId("use").disabled = n > 0;
    byId("problems-status").textContent = n ? `${n} error${n > 1 ? "s" : ""}: the text cannot be run yet.` : "No errors: the text can be run.";
  } catch (error) {
    byId("use").disabled = true;
    byId("problems-status").textContent = error.message;
  }
}

byId("text").addEventListener("scroll", drawMarks);
byId("text").addEventListener("input", () => {
  drawMarks();
  byId("use").disabled = true;
  clearTimeout(timer);
  timer = setTimeout(check, 400);
});
byId("use").addEventListener("click", () => {
  text = byId("text").value;
  byId("back").disabled = false;
  openScenario();
});
byId("back").addEventListener("click", () => {
  text = null;
  openScenario();
});
window.addEventListener("resize", () => shown && drawCharts(shown));

begin().catch((error) => fail(error.message));
