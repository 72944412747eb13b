"use strict";

const byId = (id) => document.getElementById(id);

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

function save(content, name) {
  const link = element("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  byId("keep-status").textContent = `${name} is downloaded.`;
}

// What this tab keeps, also over a reload; where a browser keeps nothing, nothing breaks.
const tabStore = {
  get(key) {
    try {
      return JSON.parse(sessionStorage.getItem(`ceasefire-${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(`ceasefire-${key}`, JSON.stringify(value));
    } catch {
      // full or forbidden
    }
  },
};
