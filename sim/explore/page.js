"use strict";

const SLOW = 400; // milliseconds: where all runs take longer than this, a draft of fewer runs is drawn first
const LONGEST_LINK = 6000; // characters of an edited text that still goes into a link
const MOST_UNDONE = 50;
const tab = crypto.getRandomValues(new Uint32Array(4)).join("-");

let catalogue = null;
let limits = null;
let text = null; // the edited scenario that runs in place of the scenario's own text
let newest = 0; // number of the latest redrawing
let busy = null; // what ends the request under way
let waits = false; // whether a slider moved while a request was under way
let typical = Infinity; // milliseconds that all runs took last time
let opened = 0; // number of the latest scenario that was opened
const undone = [];

function wish(n = Number(byId("n").value)) {
  return {
    scenario: byId("scenario").value,
    baseline: byId("baseline").value,
    text,
    settings: Object.fromEntries(moved),
    n,
    seed: Number(byId("seed").value),
    narrow: byId("drawing").clientWidth < 560,
    tab,
  };
}

// ---------------------------------------------------------------- state: in the address, to be sent and undone

function state() {
  const parts = new URLSearchParams({ scenario: byId("scenario").value, against: byId("baseline").value });
  if (byId("n").value !== "10000") parts.set("n", byId("n").value);
  if (byId("seed").value !== "0") parts.set("seed", byId("seed").value);
  for (const [path, value] of moved) parts.append("set", `${path}:${value}`);
  if (view !== "end") parts.set("view", view);
  if (byId("list").selectedIndex > 0) parts.set("list", byId("list").value);
  if (text !== null) parts.set("text", text);
  return parts.toString();
}

function keepState() {
  const whole = state();
  const isLong = text !== null && text.length > LONGEST_LINK;
  if (isLong) tabStore.set("text", text);
  history.replaceState(null, "", `#${isLong ? whole.replace(/&text=[^&]*/, "&text-of-tab=1") : whole}`);
}

function remember() {
  undone.push(state());
  if (undone.length > MOST_UNDONE) undone.shift();
  byId("undo").disabled = false;
}

// Put the page into a state; false where typed text would be lost and is not to be.
async function takeState(words) {
  const parts = new URLSearchParams(words);
  const known = (name) => catalogue.scenarios.some((entry) => entry.name === name);
  const scenario = known(parts.get("scenario")) ? parts.get("scenario") : byId("scenario").value;
  const asked = parts.has("text-of-tab") ? tabStore.get("text") : parts.get("text");
  const isOther = scenario !== byId("scenario").value || asked !== text;
  if (isOther && !(await mayReplaceText())) return false;
  text = asked;
  byId("scenario").value = scenario;
  offerBaselines(parts.get("against"));
  byId("n").value = parts.get("n") || "10000";
  byId("seed").value = parts.get("seed") || "0";
  showView(parts.get("view") || "end");
  await openScenario(parts.getAll("set"), parts.get("list"));
  return true;
}

async function comeBack(words) {
  const before = state();
  if (await takeState(words)) {
    undone.push(before);
    byId("undo").disabled = false;
  }
}

async function undo() {
  const words = undone.at(-1);
  if (words === undefined || !(await takeState(words))) return;
  undone.pop();
  byId("undo").disabled = undone.length === 0;
}

byId("undo").addEventListener("click", undo);
document.addEventListener("keydown", (event) => {
  const isWriting = event.target.matches?.("textarea, input:not([type=range])");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey && !isWriting) {
    event.preventDefault();
    undo();
  }
});
byId("copy-link").addEventListener("click", async () => {
  keepState();
  const isLong = text !== null && text.length > LONGEST_LINK;
  await copyText(location.href);
  byId("status").textContent = isLong
    ? "The link is copied, without the text, which is too long for it: download that."
    : "The link is copied. It opens while this explorer runs; what follows # fits any other.";
});
byId("keep").addEventListener("click", () => {
  if (!shown || keptCases.length >= MOST_KEPT) return;
  keptCases.push({ name: shown.names[0], state: state(), cells: shown.cells.map(({ title, value }) => ({ title, value })) });
  keepCases();
});

// ---------------------------------------------------------------- redrawing: only the latest counts

function seedFault() {
  const value = byId("seed").value.trim();
  const isWhole = /^\d+$/.test(value) && Number(value) <= Number.MAX_SAFE_INTEGER;
  return isWhole ? "" : `Seed ${value || "(empty)"}: a whole number from 0 is needed. Nothing was run.`;
}

async function redraw(isWhole) {
  const fault = seedFault();
  if (fault) {
    if (busy) busy.abort();
    newest += 1;
    setBusy(false);
    fail(fault);
    return;
  }
  const mine = ++newest;
  if (busy) busy.abort();
  busy = new AbortController();
  waits = false;
  setBusy(true);
  keepState();
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
    byId("status").textContent = "Not run, see the message above; the numbers are those of the question before.";
  }
  busy = null;
  setBusy(false);
  if (waits) redraw(false);
}

function setBusy(isBusy) {
  document.body.classList.toggle("is-busy", isBusy && shown !== null);
  byId("answer").setAttribute("aria-busy", String(isBusy));
  if (isBusy) byId("status").textContent = shown ? "Running; pale numbers are those of the question before." : "Running …";
}

function cellOf(cell) {
  const [, number, rest] = cell.value.match(/^([<>]?[\d,]+)?(.*)$/s);
  const value = element("span", { class: "value" }, ...(number ? [element("strong", {}, number)] : []), element("span", {}, rest));
  const date = cell.date ? [element("span", { class: "date" }, ` (${cell.date})`)] : [];
  const detail = cell.detail ? [element("span", { class: "detail" }, cell.detail, ...date)] : [];
  const base = element("span", {}, cell.base);
  return element("div", { class: `cell${cell.is_second ? " is-second" : ""}` }, element("span", {}, cell.title), value, ...detail, base);
}

function show(answer, isDraft) {
  shown = answer;
  document.body.classList.toggle("is-draft", isDraft);
  document.body.classList.remove("is-busy");
  byId("cells").replaceChildren(...answer.cells.map(cellOf));
  const [n, whole] = [answer.n, Number(byId("n").value)].map((runs) => runs.toLocaleString("en"));
  const runs = isDraft ? element("strong", {}, `${n} of ${whole} runs so far.`) : `${n} runs of each.`;
  byId("status").replaceChildren(runs, element("span", { class: "how" }, ` ${answer.note} Seed ${answer.seed}, the same chance events in both.`));
  showLists(answer);
  drawChart();
  byId("ends-shown").replaceChildren(...answer.ends.map(endsOf));
  byId("differences").tBodies[0].replaceChildren(
    ...answer.differences.map((one) => row(one.words, one.difference, verdict(one), `${one.higher_in} runs`, `${one.lower_in} runs`)),
  );
  byId("causes").replaceChildren(...answer.causes.map((cause) => element("li", {}, cause)));
  byId("examples-words").textContent = `Runs to open, by difference in '${answer.example_outcome}':`;
  byId("examples").replaceChildren(
    ...answer.examples.map((example) => {
      const button = element("button", { type: "button" }, `${example.which} (${example.difference}): run ${example.replicate}`);
      button.addEventListener("click", () => openNumber(example.replicate, "scenario"));
      return button;
    }),
  );
  byId("command").value = answer.command;
}

const verdict = (one) => element("span", { class: one.is_decided ? "is-decided" : "is-undecided" }, one.verdict);

// ---------------------------------------------------------------- choosing a scenario

async function openScenario(settings = [], list = null) {
  const mine = ++opened;
  try {
    const found = await (await ask("open", { ...wish(), settings: {} })).json();
    if (mine !== opened) return;
    byId("question").textContent = [found.title, found.question].filter(Boolean).join(": ");
    showSliders(found);
    for (const setting of settings) {
      const cut = setting.lastIndexOf(":");
      if (sliders.has(setting.slice(0, cut))) setMoved(setting.slice(0, cut), Number(setting.slice(cut + 1)));
    }
    const lists = found.not_modelled.map((part) => [
      element("p", {}, part.heading),
      element("ul", {}, ...part.texts.map((words) => element("li", {}, words))),
    ]);
    byId("not-modelled").replaceChildren(...lists.flat());
    showText(found.text);
    await redraw(true);
    if (list && shown) {
      byId("list").value = list;
      drawChart();
    }
    if (found.ranking.is_to_come) rankRows(mine, found);
  } catch (error) {
    fail(error.message);
  }
}

// An own scenario is ranked by a pilot once it is drawn.
async function rankRows(mine, found) {
  try {
    const ranking = await (await ask("rank", wish())).json();
    if (mine !== opened) return;
    placeRows(ranking);
    const top = [...found.rows].sort((a, b) => (ranking.moves[b.key] || 0) - (ranking.moves[a.key] || 0))[0];
    const isAlone = byId("scenario").value === byId("baseline").value && text === null && moved.size === 0;
    if (!isAlone || !top || !ranking.moves[top.key]) return;
    for (const [, path] of top.sides) setMoved(path, ranking.steps[path]);
    byId("ranking").textContent += ` There is nothing to set this scenario against; so '${top.label}', which moves most, is moved. “Put all back” undoes it.`;
    redraw(true);
  } catch (error) {
    byId("ranking").textContent = error.message;
  }
}

function offerBaselines(wanted) {
  const deal = catalogue.scenarios.find((entry) => entry.name === byId("scenario").value).deal;
  const fitting = catalogue.scenarios.filter((entry) => entry.deal === deal);
  byId("baseline").replaceChildren(...fitting.map((entry) => element("option", { value: entry.name }, `${entry.name}: ${entry.title}`)));
  const usual = [wanted, catalogue.against[byId("scenario").value], `${deal}/baseline`, byId("scenario").value];
  byId("baseline").value = usual.find((name) => fitting.some((entry) => entry.name === name));
}

let before = null; // what the choices were before the latest change, to be undone

async function begin() {
  catalogue = await (await fetch("catalogue")).json();
  limits = catalogue.limits;
  byId("footer").textContent = catalogue.footer;
  const groups = catalogue.deals.map((deal) =>
    element(
      "optgroup",
      { label: `${deal.name}: ${deal.title}` },
      ...catalogue.scenarios.filter((entry) => entry.deal === deal.name).map((entry) => element("option", { value: entry.name }, `${entry.name}: ${entry.title}`)),
    ),
  );
  byId("scenario").replaceChildren(...groups);
  byId("scenario").value = catalogue.start;
  if (catalogue.n) byId("n").value = catalogue.n; // those of a results folder
  if (catalogue.seed !== null) byId("seed").value = catalogue.seed;
  offerBaselines(null);
  for (const id of ["scenario", "baseline", "n", "seed"]) {
    byId(id).addEventListener("focus", () => (before = state()));
    byId(id).addEventListener("change", () => choose(id));
  }
  showKept();
  const words = location.hash.slice(1);
  if (words.includes("scenario=")) await takeState(words);
  else await openScenario();
  before = state();
}

async function choose(id) {
  const earlier = before ?? state();
  if (id === "scenario") {
    const wanted = byId("scenario").value;
    byId("scenario").value = new URLSearchParams(earlier).get("scenario");
    if (!(await mayReplaceText())) return;
    byId("scenario").value = wanted;
    text = null;
    offerBaselines(null);
    await openScenario();
  } else await redraw(true);
  undone.push(earlier);
  byId("undo").disabled = false;
  before = state();
}

window.addEventListener("hashchange", () => catalogue && comeBack(location.hash.slice(1)));

begin().catch((error) => fail(error.message));
