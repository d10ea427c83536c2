"use strict";
const chosen = { bucket: new Set(), type: new Set(), cause: new Set() };
const questions = [...document.querySelectorAll(".question")];
const search = document.querySelector("#search");
const shown = document.querySelector("#shown");

function apply() {
  const words = search.value.trim().toLowerCase();
  let count = 0;
  for (const question of questions) {
    const fits = Object.entries(chosen).every(([key, values]) => !values.size || values.has(question.dataset[key]));
    question.hidden = !(fits && (!words || question.textContent.toLowerCase().includes(words)));
    count += question.hidden ? 0 : 1;
  }
  shown.textContent = `${count} / ${questions.length} 题`;
  for (const button of document.querySelectorAll("button[data-key]")) {
    button.setAttribute("aria-pressed", String(chosen[button.dataset.key].has(button.dataset.value)));
  }
}

function choose(key, value) {
  if (!chosen[key].delete(value)) chosen[key].add(value);
  apply();
}

for (const button of document.querySelectorAll("button[data-key]")) {
  button.addEventListener("click", () => choose(button.dataset.key, button.dataset.value));
}
for (const bar of document.querySelectorAll("rect[data-bucket]")) {
  bar.addEventListener("click", () => {
    chosen.bucket = new Set([bar.dataset.bucket]);
    chosen.type = bar.dataset.type ? new Set([bar.dataset.type]) : new Set();
    apply();
    document.querySelector("#questions").scrollIntoView();
  });
}
document.querySelector("#clear").addEventListener("click", () => {
  for (const key of Object.keys(chosen)) chosen[key] = new Set();
  search.value = "";
  apply();
});
search.addEventListener("input", apply);
apply();
