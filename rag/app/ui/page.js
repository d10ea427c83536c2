// What the page needs beyond Streamlit's own: a marker in an answer opens its source, a table is
// copied, an opened page shows its marks.
const MARKER = 'a[href^="#source-"]';
const SOURCE = '[role="dialog"]';

export default function ({ data }) {
  let waiting = 0;
  const open = (event) => {
    const marker = event.target.closest?.(MARKER);
    const name = marker?.getAttribute("href").slice(1);
    const button = name && document.querySelector(`.st-key-open-${CSS.escape(name)} button:not([disabled])`);
    if (!button) return;
    event.preventDefault();
    button.click();
    focus(50);
  };
  // pressed by a script, the button never had the keyboard that the opened source would take over from it
  const focus = (attempts) => {
    const source = document.querySelector(SOURCE);
    if (!source && attempts) setTimeout(focus, 100, attempts - 1);
    else if (source && !source.contains(document.activeElement)) source.focus();
  };
  // the box is drawn after this runs; a keyboard that pops up unasked would hide half a phone
  const attend = (attempts) => {
    const box = document.querySelector('[data-testid="stChatInputTextArea"]');
    if (box && !box.disabled) { if (document.activeElement === document.body) box.focus({ preventScroll: true }); }
    else if (attempts) waiting = setTimeout(attend, 100, attempts - 1);
  };
  const leave = (event) => {
    const source = event.key === "Escape" && document.querySelector(SOURCE);
    if (source && !source.contains(document.activeElement)) source.querySelector('[aria-label="Close"]')?.click();
  };
  const copy = (event) => {
    const link = event.target.closest?.('a.wb-copy');
    if (!link) return;
    event.preventDefault();
    const rows = [...link.parentElement.querySelectorAll("tr")];
    const text = rows.map((row) => [...row.cells].map((cell) => plain(cell)).join("\t")).join("\n");
    write(text).then(() => { link.textContent = "已复制"; setTimeout(() => { link.textContent = "复制表格"; }, 2000); });
  };
  const plain = (cell) => {
    const words = cell.cloneNode(true);
    words.querySelectorAll(".wb-ref").forEach((mark) => mark.remove());
    return words.textContent.replaceAll(/\s+/g, " ").replaceAll("\u2060", "").trim();
  };
  // without https the clipboard is closed to scripts, but not to a marked text
  const write = (text) => navigator.clipboard?.writeText(text) ?? new Promise((done) => {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    done();
  });
  if (data.top) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  if (data.follow) {
    if (document.activeElement === document.body && matchMedia("(hover: hover)").matches) attend(50);
    document.addEventListener("click", open);
    document.addEventListener("click", copy);
    document.addEventListener("keydown", leave);
  }

  const show = (attempts) => {
    const paper = document.querySelector(".st-key-wb-paper");
    const image = paper?.querySelector("img");
    if (image?.complete && image.naturalWidth && image.dataset.shown !== data.show) {
      image.dataset.shown = data.show;
      paper.scrollTop = data.down * paper.scrollHeight - 0.4 * paper.clientHeight;
      paper.scrollLeft = data.across * paper.scrollWidth - 0.5 * paper.clientWidth;
    } else if (attempts) waiting = setTimeout(show, 100, attempts - 1);
  };
  if (data.show) show(50);

  return () => {
    document.removeEventListener("click", open);
    document.removeEventListener("click", copy);
    document.removeEventListener("keydown", leave);
    clearTimeout(waiting);
  };
}
