// What the page needs beyond Streamlit's own: a marker in an answer opens its source, an opened page shows its marks.
const MARKER = 'a[href^="#source-"]';

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
    const source = document.querySelector('[role="dialog"]');
    if (!source && attempts) waiting = setTimeout(focus, 100, attempts - 1);
    else if (source && !source.contains(document.activeElement)) source.focus();
  };
  if (data.follow) document.addEventListener("click", open);

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
    clearTimeout(waiting);
  };
}
