"use strict";
// The terminal of a participant: exact cells, a socket, and how long keys take. All texts come from the study.
(() => {
  const MIN_COLUMNS = 80, MIN_ROWS = 24, LARGEST_FONT = 18, SMALLEST_FONT = 10;
  const MOST_PASTED = 1000, SAMPLES = 200;
  const texts = JSON.parse(document.body.dataset.texts);
  const place = document.getElementById("terminal");
  let over = false, socket = null;

  function tell(text) {
    over = true;
    document.body.classList.add("over");
    const message = document.getElementById("message");
    message.textContent = text;
    message.hidden = false;
  }

  // A phone has neither the room nor the keys.
  if (matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches) return tell(texts.small);

  const term = new Terminal({
    fontFamily: '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace',
    fontSize: LARGEST_FONT, lineHeight: 1, letterSpacing: 0,
    customGlyphs: true, scrollback: 0, cursorBlink: false, minimumContrastRatio: 1, drawBoldTextInBrightColors: false,
    overviewRuler: {}, theme: { background: "#121212" },
  });
  const fit = new FitAddon.FitAddon();
  term.loadAddon(fit);
  term.open(place);
  let webgl;
  try {
    webgl = new WebglAddon.WebglAddon();
    term.loadAddon(webgl);
  } catch {
    term.dispose();
    return tell(texts.webgl);
  }
  webgl.onContextLoss(() => { if (socket) socket.close(); tell(texts.webgl); });

  const cell = () => term._core._renderService.dimensions.device.cell;

  // A half block fills exactly half of its cell only where the cell has an even number of the screen's pixels in height.
  function even(size) {
    term.options.lineHeight = 1;
    term.options.fontSize = size;
    const height = cell().height;
    if (height % 2) term.options.lineHeight = (height + 1.01) / height;
    return cell().height % 2 === 0;
  }

  // The most cells, between these bounds, whose pixels of the screen are whole pixels of the page too: a canvas of any
  // other size is stretched to the next whole one, and all of the picture is resampled. 0 where there are none.
  function whole(most, least, pixels, ratio) {
    for (let count = most; count >= least; count--) {
      const size = count * pixels / ratio;
      if (Math.abs(size - Math.round(size)) < 1e-6) return count;
    }
    return 0;
  }

  // The largest letters with which a whole screen fits into the window; null where none do.
  function room() {
    const ratio = window.devicePixelRatio;
    for (let size = LARGEST_FONT; size >= SMALLEST_FONT; size -= 0.5) {
      if (!even(size)) continue;
      const { width, height } = cell();
      const columns = whole(Math.floor(window.innerWidth * ratio / width), MIN_COLUMNS, width, ratio);
      const rows = whole(Math.floor(window.innerHeight * ratio / height), MIN_ROWS, height, ratio);
      if (columns && rows) return { columns, rows };
    }
    return null;
  }

  const found = room();
  if (!found) return tell(Number.isInteger(window.devicePixelRatio * 4) ? texts.small : texts.zoom);
  term.resize(found.columns, found.rows);

  // ---------------------------------------------------------------- the socket

  const address = new URL("socket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";

  const send = (message) => { if (socket.readyState === WebSocket.OPEN) socket.send(message); };
  const encoder = new TextEncoder();

  socket.onopen = () => {
    socket.send(JSON.stringify({
      token: document.body.dataset.token, columns: term.cols, rows: term.rows, renderer: "webgl",
      ratio: window.devicePixelRatio, cell_width: cell().width, cell_height: cell().height,
    }));
    term.focus();
  };
  socket.onmessage = (event) => {
    if (typeof event.data !== "string") {
      term.write(new Uint8Array(event.data), () => { written = true; });
      return;
    }
    const end = JSON.parse(event.data);
    if (end.url) { over = true; location.replace(end.url); } else tell(end.text);
  };
  socket.onclose = (event) => {
    if (over) return;
    tell(texts.lost);
    comeBack(event.code === 4001 ? 0 : 1000);
  };

  // The host may be away for a while: this page is loaded again once it answers.
  function comeBack(wait) {
    setTimeout(() => {
      fetch(location.href, { method: "HEAD", cache: "no-store" })
        .then((answer) => { if (answer.ok) location.reload(); else comeBack(2000); }, () => comeBack(2000));
    }, wait);
  }

  // ---------------------------------------------------------------- keys, and how long they take

  let pressed = 0, written = false;
  const taken = [];
  term.attachCustomKeyEventHandler((event) => {
    if (event.type === "keydown" && !event.repeat && !pressed) { pressed = event.timeStamp; written = false; }
    return true;
  });
  term.onRender(() => {
    if (!pressed || !written) return;
    taken.push(performance.now() - pressed);
    pressed = 0;
    if (taken.length > SAMPLES) taken.shift();
    const ordered = [...taken].sort((a, b) => a - b);
    send(JSON.stringify({ latency: ordered[Math.floor(ordered.length / 2)] }));
  });
  const type = (data) => { if (data.length <= MOST_PASTED) send(encoder.encode(data)); };
  term.onData(type);
  term.onBinary((data) => { if (data.length <= MOST_PASTED) send(Uint8Array.from(data, (c) => c.charCodeAt(0))); });

  // ---------------------------------------------------------------- the window

  let later = 0;
  window.addEventListener("resize", () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const now = room();
      if (now) {
        term.resize(now.columns, now.rows);
      } else {
        // The study says itself that its window is too small.
        term.resize(Math.max(2, Math.floor(window.innerWidth * window.devicePixelRatio / cell().width)),
          Math.max(2, Math.floor(window.innerHeight * window.devicePixelRatio / cell().height)));
      }
      send(JSON.stringify({ columns: term.cols, rows: term.rows }));
    }, 100);
  });
  for (const event of ["focus", "click"]) window.addEventListener(event, () => { if (!over) term.focus(); });
  window.addEventListener("contextmenu", (event) => event.preventDefault());
  term.focus();
})();
