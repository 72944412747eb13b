"use strict";

const LINE = 20;
let own = ""; // the text that came with the scenario: what is typed is measured against it
let problems = [];
let timer = null;
let checked = 0;

const isTyped = () => byId("text").value !== own && byId("text").value !== text;

function showText(loaded) {
  own = loaded;
  byId("text").value = text === null ? loaded : text;
  const draft = tabStore.get("draft");
  const hasDraft = draft && draft.scenario === byId("scenario").value && draft.text !== byId("text").value;
  if (hasDraft) byId("text").value = draft.text;
  byId("back").disabled = text === null && !hasDraft;
  byId("use").disabled = true;
  showProblems([]);
  byId("problems-status").textContent = hasDraft ? "The text that you had typed is back; it is not run yet." : "";
  if (hasDraft) check();
}

function keepDraft() {
  tabStore.set("draft", isTyped() ? { scenario: byId("scenario").value, text: byId("text").value } : null);
}

// Whether what is typed may be replaced: asked for, never taken.
function mayReplaceText() {
  if (!isTyped()) return Promise.resolve(true);
  const dialog = byId("unsaved");
  return new Promise((answer) => {
    const done = (choice) => {
      dialog.close();
      if (choice === "download") save(new Blob([byId("text").value]), "scenario.yaml");
      if (choice !== "stay") {
        byId("text").value = own;
        keepDraft();
      }
      answer(choice !== "stay");
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      done("stay");
    };
    for (const button of dialog.querySelectorAll("button")) button.onclick = () => done(button.value);
    dialog.showModal();
  });
}

function showProblems(found) {
  problems = found;
  const items = found.map((problem) => {
    const where = problem.file === "scenario.yaml" ? `line ${problem.line}` : `${problem.file}, line ${problem.line}`;
    const hint = problem.hint ? ` (${problem.hint})` : "";
    const button = element("button", { type: "button" }, where);
    button.addEventListener("click", () => goToLine(problem.line));
    return element("li", { class: `is-${problem.severity}` }, button, ` ${problem.severity}: ${problem.path ? `${problem.path}: ` : ""}${problem.message}${hint}`);
  });
  byId("problems").replaceChildren(...items);
  drawMarks();
}

function drawMarks() {
  const field = byId("text");
  const marked = new Map();
  for (const problem of problems) {
    if (problem.file === "scenario.yaml" && marked.get(problem.line) !== "error") marked.set(problem.line, problem.severity);
  }
  const n = field.value.split("\n").length;
  const first = Math.floor(field.scrollTop / LINE);
  const lines = [];
  for (let line = first + 1; line <= Math.min(n, first + 40); line++) {
    const severity = marked.get(line);
    lines.push(element("div", severity ? { class: `is-${severity}`, "data-line": line } : {}, `${severity ? "! " : ""}${line}`));
  }
  byId("gutter").replaceChildren(...lines);
  byId("gutter").scrollTop = field.scrollTop - first * LINE;
  byId("marks").replaceChildren(
    ...[...marked].map(([line, severity]) => {
      const mark = element("div", { class: `is-${severity}`, "data-line": line });
      mark.style.top = `${4 + (line - 1) * LINE - field.scrollTop}px`;
      return mark;
    }),
  );
}

function goToLine(line) {
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
  keepDraft();
  byId("use").disabled = true;
  byId("back").disabled = false;
  clearTimeout(timer);
  timer = setTimeout(check, 400);
});
byId("use").addEventListener("click", () => {
  remember();
  text = byId("text").value;
  keepDraft();
  openScenario();
});
byId("back").addEventListener("click", async () => {
  if (!(await mayReplaceText())) return;
  remember();
  text = null;
  byId("text").value = own;
  openScenario();
});
byId("save-text").addEventListener("click", () => save(new Blob([byId("text").value]), "scenario.yaml"));
