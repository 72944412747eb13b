"use strict";

// ---------------------------------------------------------------- the chart, and what it shows

let shown = null; // the answer that is drawn; a window may change before the page asks for one
let view = "end"; // what the chart shows: dots at the end, or curves by day
const MET = "met "; // before an obligation among what is counted by day
const READING = {
  end: "Click a column, or press Enter on it, to open a run of that kind.",
  met: "In how many of 100 runs it is met by each day. Blue: the scenario. Black dashes: what it is compared with.",
  days: "Blue: the scenario, its median and where the middle 50 % (dark) and 90 % (light) of runs lie. Black dashes: what it is compared with, its median and, thin, its 90 %. A click opens a run with so many at the end.",
};

function dotInWords(answer) {
  const { base } = answer.dots[0];
  const each = answer.n / base;
  return each === 1 ? `Each dot is one run of ${base}.` : `Each dot stands for ${each.toLocaleString("en")} of the ${answer.n.toLocaleString("en")} runs.`;
}

function showLists(answer) {
  const before = byId("list").value;
  const option = ([value, words]) => element("option", { value }, words);
  if (view === "end") byId("list").replaceChildren(...answer.dots.map((one) => option([one.outcome, one.what])));
  else {
    const lists = curvesOf(answer).map((kind) => option([kind, answer.days.scenario.curves[kind].words]));
    const met = metOf(answer).map(([name, words]) => option([MET + name, words]));
    byId("list").replaceChildren(element("optgroup", { label: "People" }, ...lists), element("optgroup", { label: "Obligations met" }, ...met));
  }
  if ([...byId("list").options].some((one) => one.value === before)) byId("list").value = before;
}

const holdsSomebody = (curve) => curve && (curve.total || curve.high_90.at(-1));
const curvesOf = ({ days }) => Object.keys(days.scenario.curves).filter((k) => holdsSomebody(days.scenario.curves[k]) || holdsSomebody(days.baseline.curves[k]));

// Obligations of either that any run meets, each with its title.
function metOf({ days }) {
  const found = { ...days.baseline.met, ...days.scenario.met };
  const isMet = (name) => [days.scenario, days.baseline].some((of) => of.met[name] && of.met[name].by_day.length);
  return Object.keys(found).filter(isMet).map((name) => [name, found[name].words]);
}

function drawChart() {
  if (!shown) return;
  const width = Math.max(280, byId("drawing").clientWidth || 600);
  const asked = byId("list").value || curvesOf(shown)[0];
  const isMet = view === "days" && asked.startsWith(MET);
  byId("reading").textContent = view === "end" ? `${dotInWords(shown)} ${shown.dots[0].note} ${READING.end}` : READING[isMet ? "met" : "days"];
  byId("day-reader").hidden = view !== "days";
  if (isMet) byId("drawing").replaceChildren(drawMet(shown.days, asked.slice(MET.length), width));
  else if (view === "days") byId("drawing").replaceChildren(drawDays(shown.days, asked, width));
  else byId("drawing").replaceChildren(...drawDots(shown.dots.find((one) => one.outcome === byId("list").value) || shown.dots[0], width));
}

function showView(name) {
  view = name === "days" ? "days" : "end";
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  byId("chart-heading").textContent = view === "days" ? "By day" : "At the end";
}

for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    showView(button.dataset.view);
    if (shown) showLists(shown);
    drawChart();
    keepState();
  });
}
byId("list").addEventListener("change", () => {
  drawChart();
  keepState();
});
window.addEventListener("resize", drawChart);

async function openKind(list, place, number) {
  readColumn(list, place, number);
  const column = list.columns[number];
  await openFound({ outcome: list.outcome, low: column.low, high: column.high }, place ? "baseline" : "scenario");
}

async function openCount(kind, count) {
  const { outcome } = shown.days.scenario.curves[kind];
  await openFound({ outcome, low: count, high: count }, "scenario");
}

async function openFound(kind, of) {
  byId("one-status").textContent = "Looking for such a run …";
  try {
    const found = await (await ask("find", { ...wish(), ...kind, of })).json();
    if (found.replicate === null) byId("one-status").textContent = "No run is of that kind.";
    else await openNumber(found.replicate, of);
  } catch (error) {
    byId("one-status").textContent = error.message;
  }
}
byId("open-one").addEventListener("click", () => chosen && openKind(chosen.list, chosen.place, chosen.number));

