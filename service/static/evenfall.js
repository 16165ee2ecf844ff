// What already works without it, made a little better: a form is sent once, a fault is read first.
"use strict";

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
}

// A page taken from the browser's memory can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const box of document.querySelectorAll("details.resolve")) {
  box.addEventListener("toggle", () => box.open && box.querySelector("input:not([type=hidden])")?.focus());
}

// What takes seconds says so.
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const said = document.querySelector(".busy");
    if (said) said.textContent = form.dataset.busy;
  });
}

// What is counted or lived in the background is asked for again until it is there.
const counted = (part) => {
  if (!part?.dataset.again) return;
  setTimeout(async () => {
    const answer = await fetch(part.dataset.again);
    if (!answer.ok) return;
    part.outerHTML = await answer.text();
    counted(document.getElementById(part.id));
  }, 1000);
};
for (const part of document.querySelectorAll("[data-again]")) counted(part);

// Danger that comes in while a page lies open is shown, and said in its title, without loading it again.
const banner = document.querySelector("[data-watch]");
if (banner) {
  const plain = document.title;
  const entitle = () => {
    const red = banner.querySelector("[data-red]")?.dataset.red;
    document.title = red ? `(${red}) Act now · ${plain}` : plain;
  };
  entitle();
  setInterval(async () => {
    const answer = await fetch(banner.dataset.watch).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const told = await answer.text();
    if (banner.dataset.told !== told) banner.innerHTML = banner.dataset.told = told;
    entitle();
  }, 30000);
}
