// The counter of a wording while it is typed, equal to the server's; then the server's own look at it.
"use strict";

const form = document.getElementById("text-form");
const PAUSE_MS = 400;
const measured = measuredBy(form.dataset.basic, form.dataset.extended);

const filled = (body, values) => body.replace(/\{([^{}]*)\}/g, (whole, name) => values[name] ?? whole);

const count = (field) => {
  const body = tidied(field.value);
  const length = measured(filled(body, JSON.parse(field.dataset.longest)));
  tellLength(document.getElementById(field.id.replace("body", "count")), length);
};

// Only the answer to what was typed last is shown.
let asked = 0;
let pause;
const lookAgain = async () => {
  const mine = ++asked;
  const answer = await fetch(form.dataset.look, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (mine !== asked || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const faults = [];
  for (const look of page.querySelectorAll(".look")) {
    document.getElementById(look.id).replaceWith(look);
    const wrong = [...look.querySelectorAll(".fault")].map((one) => one.textContent);
    faults.push(...wrong);
    const field = document.getElementById(look.id.replace("look", "body"));
    wrong.length ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
  }
  document.getElementById("looked").textContent = faults.join("; ");
};

for (const field of form.querySelectorAll("textarea:not([readonly])")) {
  field.addEventListener("input", () => {
    count(field);
    document.getElementById(field.id.replace("body", "look")).classList.add("waits");
    // What was seen is no longer what would be published.
    form.querySelector("button[value=publish]")?.remove();
    clearTimeout(pause);
    pause = setTimeout(lookAgain, PAUSE_MS);
  });
}
