// A form that is kept, and whose outcome is shown, while somebody types; without this its button does the same.
"use strict";

for (const form of document.querySelectorAll("form[data-typing]")) {
  const status = document.getElementById("status");
  let pause, running;
  const stop = () => {
    clearTimeout(pause);
    pause = undefined;
    running?.abort();
  };
  const say = (words) => {
    if (status.textContent !== words) status.textContent = words;
  };

  const show = (text) => {
    for (const old of document.querySelectorAll("[data-until-typed]")) old.remove();
    const parts = new DOMParser().parseFromString(text, "text/html").querySelectorAll("[data-live]");
    for (const part of parts) {
      const old = document.getElementById(part.id);
      if (part.id === "status") say(part.textContent);
      else if (old && old.outerHTML !== part.outerHTML) old.replaceWith(part);
    }
    for (const fault of form.querySelectorAll(".fault[data-live]")) {
      const field = document.getElementById(fault.id.replace("fault-", ""));
      if (fault.textContent) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
  };

  const ask = async () => {
    stop();
    running = new AbortController();
    const { signal } = running;
    try {
      const body = new FormData(form);
      const answer = await fetch(form.dataset.typing, { method: "POST", body, signal, redirect: "manual" });
      if (answer.ok) show(await answer.text());
      else if (answer.status === 413) say("Not kept: a programme file has 256 KB at most. What was kept before is still there.");
      else say("Not kept: you may be signed out. Load this page again; what was kept before is still there.");
    } catch (fault) {
      if (fault.name !== "AbortError") say("Not kept: the service cannot be reached. It is tried again as you type.");
    }
  };

  // What is sent to be published must not be kept once more behind its back.
  form.addEventListener("submit", stop);
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, 400);
  });
  // Who leaves at once leaves nothing behind.
  addEventListener("pagehide", () => {
    if (pause) navigator.sendBeacon(form.dataset.typing, new FormData(form));
  });
}
