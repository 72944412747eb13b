"use strict";

// ---------------------------------------------------------------- one replicate

let picture = ""; // address of the timeline that is shown

function chosenReplicate() {
  const number = Math.max(0, Math.floor(Number(byId("replicate").value)) || 0);
  return { ...wish(), replicate: number, of: byId("of").value };
}

function openNumber(number, of) {
  byId("replicate").value = number;
  byId("of").value = of;
  return openReplicate();
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
    byId("one-heading").scrollIntoView({ block: "start" });
  } catch (error) {
    byId("one-status").textContent = error.message;
  }
}

byId("one-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openReplicate();
});

// ---------------------------------------------------------------- files to keep

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

async function copyText(words) {
  const field = element("textarea", { "aria-hidden": "true" });
  field.value = words;
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(words);
      return;
    } catch {
      // not allowed here: the older way
    }
  }
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

byId("copy").addEventListener("click", async () => {
  await copyText(byId("command").value);
  byId("keep-status").textContent = "The command is copied.";
});
byId("save-command").addEventListener("click", () => save(new Blob([`${byId("command").value}\n`]), "command.txt"));
