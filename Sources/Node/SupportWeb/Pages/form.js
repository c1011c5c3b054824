// Login and registration: the forms work without script as well; with it, problems are shown beside the fields.

import { Language } from "./language.js";
import { words } from "./support-words.js";

const deadline = 15_000; // milliseconds
const element = (id) => document.getElementById(id);

/** Sends a form by script; when the server is content, goes to another page. */
export function sendByScript(form, next) {
  const language = new Language(words);
  language.attach(element("language"));
  const show = (problems) => {
    element("problems").replaceChildren(...problems.map((problem) => {
      const line = document.createElement("li");
      language.say(line, problem);
      return line;
    }));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show([]);
    const button = form.querySelector("button");
    button.disabled = true;
    const problems = await send(form);
    button.disabled = false;
    if (problems.length === 0) return location.assign(next);
    show(problems);
    form.querySelector("input").focus();
  });
}

/** @returns what the server finds wrong with it. */
async function send(form) {
  try {
    const response = await fetch(form.action, {
      method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(deadline),
    });
    if (response.ok) return [];
    const { error, errores } = await response.json();
    return errores ?? [error];
  } catch {
    return ["unreachable"];
  }
}
