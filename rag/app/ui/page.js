// What the page needs beyond Streamlit's own: a marker in an answer opens its source, a table is
// copied, an opened page shows its marks, a question just asked stands at the top of the view.
const MARKER = 'a[href^="#source-"]';
const SOURCE = ".st-key-wb-pane";

// Shared by all that run this: the question that stands at the top until the reader scrolls.
const held = (window.wenbaoHeld ??= { asked: "", isPinned: false });

const scroller = () => document.querySelector('[data-testid="stAppScrollToBottomContainer"]')
  ?? document.querySelector('[data-testid="stMain"]');
// Streamlit would follow every new line to the end, past the beginning of an answer
const stayPut = (view) => {
  if (Object.hasOwn(view, "scrollTop")) return;
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, "scrollTop");
  Object.defineProperty(view, "scrollTop", { get, set() {}, configurable: true });
};
// Room below the last answer lets even a short one stand at the top.
const settle = () => {
  const view = scroller();
  const question = held.asked && document.querySelector(`.st-key-wb-question-${held.asked.split("-").pop()}`);
  const root = document.documentElement;
  if (!view || !question) { root.style.removeProperty("--wb-room"); return false; }
  const head = document.querySelector('[data-testid="stHeader"]')?.offsetHeight ?? 0;
  const top = question.getBoundingClientRect().top - view.getBoundingClientRect().top + view.scrollTop - head;
  const before = parseFloat(root.style.getPropertyValue("--wb-room")) || 0;
  const room = Math.max(0, Math.ceil(top + view.clientHeight - (view.scrollHeight - before)));
  if (room !== before) root.style.setProperty("--wb-room", `${room}px`);
  if (held.isPinned && Math.abs(view.scrollTop - top) > 1) view.scrollTo(0, top);
  return true;
};
const release = (event) => {
  const isTyping = event.type === "keydown" && event.target.closest?.("textarea, input");
  const isScrollbar = event.type !== "pointerdown" || event.target === scroller();
  if (!isTyping && isScrollbar) held.isPinned = false;
};

const isIdle = () => document.activeElement === null || document.activeElement === document.body;
// What was pressed has the keyboard again; while the page is drawn anew, it may be another element of the same place.
const giveBack = (attempts) => {
  if (!held.isReturning) return;
  if (!held.marker?.isConnected) {
    held.marker = document.querySelectorAll(`a[href="${held.marker?.getAttribute("href")}"]`)[held.place];
  }
  if (isIdle() || document.activeElement.closest(SOURCE)) held.marker?.focus({ preventScroll: true });
  held.isReturning = attempts > 0;
  setTimeout(giveBack, 100, attempts - 1);
};

// Streamlit's own words come in English; what carries a figure or a name among them follows a pattern.
const PATTERNS = [
  [/^(\d+)MB per file$/, (size) => `每个不超过 ${size} MB`],
  [/^• .*PDF/, () => "• 也可以拖到这里：PDF、DOCX、XLSX、TXT、MD、图片"],
  [/^File must be (.+) or smaller\.$/, (size) => `文件太大：不能超过 ${size}`],
  [/^.* files are not allowed\.$/, () => "读不了这种文件"],
  [/^You can only select up to (\d+) /, (count) => `最多选 ${count} 个，先去掉一个再选`],
  [/^(\d+) options? available\.?$/, (count) => `${count} 项可选`],
  [/^Title text '(.+)'$/, (title) => `标题：${title}`],
  [/^Remove (.+)$/, (name) => `去掉${name}`],
  [/Running the app's main page\.$/, () => "这个地址没有对应的页面，已打开提问页。"],
  [/^Streamlit server is not responding|^Is Streamlit still running|^Connection (timed out|failed)|^Failed to connect/, () => LOST],
];
const LOST = "程序没有回应：它可能已停下，或者网络断了。已收到的问答都已保存；重新运行 wenbao chat 或恢复网络后，本页会自己接上。";
// none for what is said already: setting it again would be told of again
const inChinese = (words) => {
  const [pattern, say] = PATTERNS.find(([one]) => one.test(words)) ?? [];
  const said = WORDS[words] ?? (pattern ? say(...words.match(pattern).slice(1)) : words);
  return said === words ? null : said;
};
const NAMED = ["aria-label", "title", "placeholder", "alt", "aria-roledescription"];
const nameInChinese = (element, name) => {
  const said = inChinese(element.getAttribute(name) ?? "");
  if (said) element.setAttribute(name, said);
};
const sayInChinese = (node) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = node.parentElement?.closest(".stHtml, code") ? null : inChinese(node.data.trim());
    if (said) node.data = said;
  } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches("script, style, .stHtml")) {
    for (const name of NAMED) if (node.hasAttribute(name)) nameInChinese(node, name);
    node.childNodes.forEach(sayInChinese);
  }
};
const listen = () => {
  if (held.listens) return;
  held.listens = true;
  document.documentElement.lang = "zh-CN";
  sayInChinese(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") nameInChinese(change.target, change.attributeName);
      else if (change.type === "characterData") sayInChinese(change.target);
      else change.addedNodes.forEach(sayInChinese);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMED });
  // Enter that chooses a word of an input method asks nothing; Safari tells it by its code alone
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("keydown", turnIn, true);
  document.addEventListener("beforeinput", refuse, true);
};
// What a button shows stands at the end of the document: the keyboard goes into it and comes back to the button.
const STOPS = 'button, input, textarea, a[href], summary, [tabindex="0"]';
const turnIn = (event) => {
  const shown = event.key === "Tab" && document.querySelector('[data-testid="stPopoverBody"]');
  const button = document.querySelector('[data-testid="stPopoverButton"][aria-expanded="true"]');
  if (!shown || !button) return;
  const stops = [...shown.querySelectorAll(STOPS)].filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility());
  const [last, following] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  const next = event.target === button ? following : event.target === last ? button : null;
  if (!next) return;
  event.preventDefault();
  next.focus();
};
// Streamlit would drop what is too long without a word
const refuse = (event) => {
  const box = event.target;
  if (!box.matches?.('[data-testid="stChatInputTextArea"]')) return;
  document.querySelector(".wb-too-long")?.remove();
  const added = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
  const length = box.value.length - (box.selectionEnd - box.selectionStart) + added.length;
  if (!added || !(length > held.longest)) return; // nothing is too long before it is known what is
  event.preventDefault();
  const said = `这样有 ${length} 字，一次最多 ${held.longest} 字，没有放进去：请只留下要问的话；整份材料请先添加为报告。`;
  box.closest('[data-testid="stChatInput"]').after(Object.assign(document.createElement("p"), { className: "wb-too-long", role: "alert", textContent: said }));
};

export default function ({ data }) {
  listen();
  let waiting = 0;
  const open = (event) => {
    const marker = event.target.closest?.(MARKER);
    const name = marker?.getAttribute("href").slice(1);
    const button = name && document.querySelector(`.st-key-open-${CSS.escape(name)} button:not([disabled])`);
    if (!button) return;
    event.preventDefault();
    const place = [...document.querySelectorAll(`a[href="#${name}"]`)].indexOf(marker);
    Object.assign(held, { marker, place, isReturning: false, markerTop: marker.getBoundingClientRect().top });
    button.click();
  };
  // beside the answer, and read out as what it is; what was pressed stays where it was on the screen
  const present = (attempts) => {
    const source = document.querySelector(SOURCE);
    if (!source) { if (attempts) waiting = setTimeout(present, 100, attempts - 1); return; }
    for (const [name, value] of [["role", "dialog"], ["aria-label", "出处"], ["tabindex", "-1"]]) source.setAttribute(name, value);
    if (held.marker?.isConnected) scroller()?.scrollBy(0, held.marker.getBoundingClientRect().top - held.markerTop);
    source.scrollTo(0, 0);
    source.focus({ preventScroll: true });
  };
  // the box is drawn after this runs; a keyboard that pops up unasked would hide half a phone
  const attend = (attempts) => {
    const box = document.querySelector('[data-testid="stChatInputTextArea"]');
    if (box && !box.disabled) { if (isIdle() && !held.isReturning) box.focus({ preventScroll: true }); }
    else if (attempts) waiting = setTimeout(attend, 100, attempts - 1);
  };
  const leave = (event) => {
    const isOver = document.querySelector('[data-testid="stPopoverBody"], [data-testid="stDialog"]');
    const close = event.key === "Escape" && !isOver && document.querySelector(".st-key-close-source button");
    if (!close) return;
    close.click();
    held.isReturning = true;
    giveBack(20);
  };
  const copy = (event) => {
    const link = event.target.closest?.("a.wb-copy, a.wb-copy-text");
    if (!link) return;
    event.preventDefault();
    const rows = [...link.parentElement.querySelectorAll("tr")];
    const text = link.dataset.text ?? rows.map((row) => [...row.cells].map((cell) => plain(cell)).join("\t")).join("\n");
    const words = (link.dataset.words ??= link.textContent);
    write(text).then(() => { link.textContent = "已复制"; setTimeout(() => { link.textContent = words; }, 2000); });
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
  const watched = new ResizeObserver(settle);
  const anchor = (attempts) => {
    const view = scroller();
    if (view && settle()) {
      stayPut(view);
      watched.observe(view);
      watched.observe(document.querySelector(".stMainBlockContainer"));
    } else if (attempts) waiting = setTimeout(anchor, 50, attempts - 1);
  };
  if ("asked" in data) {
    if (held.asked !== data.asked) Object.assign(held, { asked: data.asked, isPinned: true });
    if (data.asked) anchor(100); else settle();
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) document.addEventListener(kind, release, { passive: true });
  }
  if (data.opened) present(50);
  if (data.top) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  held.longest = data.longest ?? held.longest;
  if (data.follow) {
    if (isIdle() && matchMedia("(hover: hover)").matches) attend(50);
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
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) document.removeEventListener(kind, release);
    watched.disconnect();
    clearTimeout(waiting);
  };
}
