// The inbox by keyboard, and the length of an answer while it is typed; every part works without.
"use strict";

for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;

const rows = [...document.querySelectorAll("[data-row]")];
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]");

const step = (by) => {
  if (!rows.length) return document.querySelector(by > 0 ? "main a[rel=next]" : "main a[rel=prev]")?.click();
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const there = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
  rows[there].querySelector("a").focus();
};
// In the list, the reply that has the focus; on its own page, the reply itself.
const chosen = () => (rows.length ? rows.find((row) => row.contains(document.activeElement)) : document);
const close = () => chosen()?.querySelector("form[data-close]")?.requestSubmit();
const answer = () => {
  if (!rows.length) return document.getElementById("body")?.focus();
  const link = chosen()?.querySelector("a");
  if (link) location.assign(`${link.href}#body`);
};

const keys = { j: () => step(1), k: () => step(-1), e: close, r: answer };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const form = document.getElementById("answer-form");
if (form) {
  const field = form.elements.body;
  const measured = measuredBy(form.dataset.basic, form.dataset.extended);
  const count = () => tellLength(document.getElementById("count"), measured(tidied(field.value)));
  field.addEventListener("input", count);
  for (const link of document.querySelectorAll("[data-body]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      field.value = link.dataset.body;
      count();
      field.focus();
    });
  }
}
