"use strict";

let sliders = new Map(); // by path: what the server says of it, and its elements
const moved = new Map(); // values by path

function valueInWords(slider, value) {
  if (slider.unit === "chance") return `${+(100 * value).toFixed(1)} of 100`;
  if (slider.unit === "number") return `${+value.toPrecision(3)}`;
  const rounded = Math.round(value * 10) / 10;
  return value >= 48 ? `${Math.round(value / 2.4) / 10} d` : `${rounded} h`;
}

function makeSlider(slider, side, rowId, number) {
  const id = `slider-${number}`;
  const input = element("input", { type: "range", id, min: 0, max: slider.high, step: slider.step, "data-path": slider.path });
  input.value = slider.value;
  const output = element("output", { for: id }, valueInWords(slider, slider.value));
  const name = side ? [element("label", { for: id, id: `${id}-side` }, side)] : [];
  const box = element("div", { class: `slider${side ? "" : " is-alone"}`, title: slider.why }, ...name, input, output);
  input.setAttribute("aria-labelledby", side ? `${rowId} ${id}-side` : rowId);
  input.setAttribute("aria-valuetext", output.textContent);
  const why = element("span", { id: `${id}-why`, hidden: "" }, slider.why);
  input.setAttribute("aria-describedby", why.id);
  box.append(why);
  input.addEventListener("focus", () => (byId("why").textContent = `${slider.label}. ${slider.why}`));
  input.addEventListener("pointerdown", rememberOnce);
  input.addEventListener("keydown", rememberOnce);
  input.addEventListener("input", () => {
    rememberOnce();
    setMoved(slider.path, Number(input.value));
    if (busy) waits = true;
    else redraw(false);
  });
  input.addEventListener("change", () => {
    setMoved(slider.path, Number(input.value));
    remembered = false;
    redraw(true);
  });
  return { slider, input, output, box };
}

const MOST_NAMED = 3; // of what has been moved
let remembered = false; // whether the state before this move of a slider can be come back to

function rememberOnce() {
  if (!remembered) remember();
  remembered = true;
}

function setMoved(path, value) {
  const { slider, input, output, box } = sliders.get(path);
  const isMoved = value !== null && value !== slider.value;
  if (isMoved) moved.set(path, value);
  else moved.delete(path);
  input.value = isMoved ? value : slider.value;
  output.textContent = valueInWords(slider, isMoved ? value : slider.value);
  if (isMoved) output.textContent += ` (was ${valueInWords(slider, slider.value)})`;
  input.setAttribute("aria-valuetext", output.textContent);
  box.classList.toggle("is-moved", isMoved);
  byId("reset").disabled = moved.size === 0;
  byId("moved").textContent = movedInWords();
}

// '2 moved: Incidents a day; Complains.'
function movedInWords() {
  if (!moved.size) return "Nothing is moved.";
  const labels = rowsShown.filter(({ found }) => found.sides.some(([, path]) => moved.has(path))).map(({ found }) => found.label);
  return `${moved.size} moved: ${labels.slice(0, MOST_NAMED).join("; ")}${labels.length > MOST_NAMED ? "; others" : ""}.`;
}

function makeRow(found, number, slidersFound) {
  const rowId = `row-${number}`;
  const boxes = found.sides.map(([side, path]) => {
    const made = makeSlider(slidersFound.get(path), side, rowId, sliders.size);
    sliders.set(path, made);
    return made.box;
  });
  const heading = element("p", {}, element("span", { id: rowId }, found.label));
  const box = element("div", { class: "row", "data-key": found.key }, heading, ...boxes);
  box.dataset.words = [found.label, found.group, ...found.sides.flat()].join(" ").toLowerCase();
  return { found, box, heading };
}

let rowsShown = [];

function showSliders(answer) {
  moved.clear();
  sliders = new Map();
  const known = new Map(answer.sliders.map((slider) => [slider.path, slider]));
  rowsShown = answer.rows.map((found, number) => makeRow(found, number, known));
  placeRows(answer.ranking);
  byId("reset").disabled = true;
  byId("moved").textContent = "Nothing is moved.";
  byId("search").value = "";
}

// The most influential rows first, the others by subject; unranked they stand in the document's order.
function placeRows(ranking) {
  const most = Math.max(1, ...Object.values(ranking.moves));
  const ranked = [...rowsShown].sort((a, b) => (ranking.moves[b.found.key] || 0) - (ranking.moves[a.found.key] || 0));
  const first = ranked.slice(0, ranking.first);
  for (const { found, heading } of rowsShown) {
    heading.querySelector(".moves")?.remove();
    const runs = ranking.moves[found.key];
    if (runs === undefined) continue;
    const bar = element("span", {});
    bar.style.width = `${(3 * runs) / most}rem`;
    heading.append(element("span", { class: "moves" }, bar, `${Math.round((100 * runs) / ranking.runs) || "<1"} of 100 runs`));
  }
  byId("ranking").textContent = ranking.words;
  byId("first").replaceChildren(...first.map((one) => one.box));
  const groups = new Map();
  for (const one of rowsShown) {
    if (first.includes(one)) continue;
    if (!groups.has(one.found.group)) groups.set(one.found.group, []);
    groups.get(one.found.group).push(one.box);
  }
  byId("others").replaceChildren(
    ...[...groups].map(([name, boxes]) => element("div", { class: "group" }, element("h3", {}, name), ...boxes)),
  );
  byId("rest-words").textContent = `All others: ${rowsShown.length - first.length}, by subject`;
  byId("rest").hidden = rowsShown.length === first.length;
}

byId("search").addEventListener("input", () => {
  const asked = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (box) => asked.every((word) => box.dataset.words.includes(word));
  let n = 0;
  for (const { box } of rowsShown) {
    box.hidden = !fits(box);
    n += !box.hidden;
  }
  for (const group of document.querySelectorAll("#others .group")) group.hidden = ![...group.querySelectorAll(".row")].some((box) => !box.hidden);
  if (asked.length) byId("rest").open = true;
  byId("moved").textContent = asked.length ? `${n} of ${rowsShown.length} numbers fit.` : movedInWords();
});

byId("reset").addEventListener("click", () => {
  remember();
  for (const path of [...moved.keys()]) setMoved(path, null);
  redraw(true);
});

// ---------------------------------------------------------------- kept cases

const MOST_KEPT = 8;
let keptCases = tabStore.get("kept") || [];

function showKept() {
  byId("kept").hidden = keptCases.length === 0;
  byId("kept-words").textContent = keptCases.length
    ? `${keptCases.length} of ${MOST_KEPT}. A name brings a case back.`
    : "“Keep this” puts up to eight cases side by side; they stay in this tab.";
  const titles = [...new Set(keptCases.flatMap((one) => one.cells.map((cell) => cell.title)))];
  byId("kept").tHead.rows[0].replaceChildren(...["Case", ...titles, ""].map((words) => (words ? element("th", { scope: "col" }, words) : element("td", {}))));
  byId("kept").tBodies[0].replaceChildren(
    ...keptCases.map((one, place) => {
      const name = element("button", { type: "button" }, `${String.fromCharCode(65 + place)} ${one.name}`);
      name.addEventListener("click", () => comeBack(one.state));
      const drop = element("button", { type: "button", "aria-label": `Drop case ${String.fromCharCode(65 + place)}` }, "Drop");
      drop.addEventListener("click", () => {
        keptCases.splice(place, 1);
        keepCases();
      });
      const by = new Map(one.cells.map((cell) => [cell.title, cell.value]));
      return row(name, ...titles.map((title) => by.get(title) || "-"), drop);
    }),
  );
  byId("keep").disabled = keptCases.length >= MOST_KEPT;
}

function keepCases() {
  tabStore.set("kept", keptCases);
  showKept();
}
