// The counter of a wording while it is typed, equal to the server's; then the server's own look at it.
"use strict";

const form = document.getElementById("text-form");
const PAUSE_MS = 400;
const basic = new Set(form.dataset.basic);
const extended = new Set(form.dataset.extended);
// What the server takes for white space.
const WHITE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

const filled = (body, values) => body.replace(/\{([^{}]*)\}/g, (whole, name) => values[name] ?? whole);

const measured = (text) => {
  const signs = [...text];
  const isGsm = signs.every((sign) => basic.has(sign) || extended.has(sign));
  const sizes = signs.map((sign) => (isGsm ? (extended.has(sign) ? 2 : 1) : sign.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const [alone, joined] = isGsm ? [160, 153] : [70, 67];
  if (units <= alone) return { encoding: isGsm ? "GSM-7" : "UCS-2", units, alone, segments: Math.min(units, 1) };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > joined) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding: isGsm ? "GSM-7" : "UCS-2", units, alone, segments };
};

const count = (field) => {
  const body = field.value.replace(WHITE, " ").trim();
  const { encoding, units, alone, segments } = measured(filled(body, JSON.parse(field.dataset.longest)));
  const line = document.getElementById(field.id.replace("body", "count"));
  line.querySelector(".units").textContent = units;
  line.querySelector(".room").textContent = alone;
  line.querySelector(".segments").textContent = segments === 1 ? "1 text" : `${segments} texts`;
  line.querySelector(".encoding").textContent = encoding;
  line.classList.toggle("over", segments > 1);
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
