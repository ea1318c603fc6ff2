"use strict";
// The page's controls: they change what the charts, the answers and the tables show.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const form = document.getElementById("controls");
  const shown = new Set(data.labels);
  const views = {};
  const logarithmic = {};
  const state = { images: data.images, size: "measured", regions: {}, free: true };

  const BESIDE = 10 ** (1 / 24);
  const grid = Array.from({ length: 57 }, (_, at) => Math.round(1000 * BESIDE ** (2 * at)));

  const visible = () => data.model.usages.filter((usage) => shown.has(usage.label));

  function rows(name) {
    if (name === "bill") {
      return data.model.usages.flatMap((usage) => {
        const found = bills.bill(usage, state.images, state);
        return [...found.lines]
          .sort((one, other) => data.purposes.indexOf(one.purpose) - data.purposes.indexOf(other.purpose))
          .map((line, order) => ({
            run: usage.label, for: line.purpose, meter: line.title, usd: line.amount, amount: bills.dollars(line.amount),
            order, total: `${usage.label}: ${bills.ranged(found)}`,
          }));
      });
    }
    return data.model.usages.flatMap((usage) => grid.map((images) => {
      const found = bills.bill(usage, images, state);
      return { run: usage.label, images, usd: found.expected, low: found.low, high: found.high };
    }));
  }

  function hovers() {
    return grid.map((images) => Object.fromEntries([
      ["images", images], ["left", images / BESIDE], ["right", images * BESIDE], ["photos", bills.count(images)],
      ...data.model.usages.map((usage) =>
        [`r${data.labels.indexOf(usage.label)}`, bills.ranged(bills.bill(usage, images, state))]),
    ]));
  }

  function specification(name) {
    const spec = structuredClone(charts[name].spec);
    spec.width = "container";
    spec.params[0].value = data.labels.filter((label) => shown.has(label));
    if (name === "bill" || name === "volumes") spec.data.values = rows(name);
    if (name === "volumes") {
      spec.params[1].value = state.images;
      for (const layer of spec.layer.slice(-2)) layer.data.values = hovers();
    }
    const narrow = document.documentElement.clientWidth < 600;
    if (narrow) spec.config.legend.columns = 1;
    const bars = spec.layer && spec.layer[0].mark.type === "bar" && spec.layer[0].encoding.y;
    if (bars) spec.height = 46 * spec.params[0].value.length;
    const scale = charts[name].scale;
    if (scale && name in logarithmic) {
      for (const part of [spec, ...(spec.layer || [])]) {
        const channel = part.encoding && part.encoding[scale];
        if (channel && channel.scale) channel.scale.type = logarithmic[name] ? "log" : "linear";
      }
    }
    return spec;
  }

  // One after the other: two drawings of a chart at once would share its place.
  const drawing = {};
  function draw(name) {
    drawing[name] = Promise.resolve(drawing[name]).then(() => drawNow(name));
    return drawing[name];
  }

  async function drawNow(name) {
    const place = document.getElementById(`chart-${name}`);
    const result = await vegaEmbed(place, specification(name), { ast: true, actions: false, renderer: "svg" });
    if (views[name]) views[name].finalize();
    views[name] = result;
    place.closest("figure").classList.add("drawn");
  }

  // A chart is drawn when it comes into view; until then its picture is shown.
  const redraw = (names) => Promise.all(names.filter((name) => views[name]).map(draw));
  const watched = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      watched.unobserve(entry.target);
      if (!drawing[entry.target.dataset.chart]) draw(entry.target.dataset.chart);
    }
  }, { rootMargin: "300px" });

  function answer() {
    const usages = visible();
    if (!usages.length) return;
    const said = bills.answers(usages, state.images, state);
    for (const [name, text] of Object.entries(said)) {
      const place = document.querySelector(`#answer-${name} dd`);
      if (place) place.firstElementChild.textContent = text;
    }
    const few = document.getElementById("answer-places");
    if (few) few.hidden = !("places" in said);
    for (const usage of data.model.usages) {
      const cell = document.querySelector(`[data-month="${CSS.escape(usage.label)}"]`);
      if (cell) cell.textContent = bills.ranged(bills.bill(usage, state.images, state));
    }
    for (const row of document.querySelectorAll(".volumes tbody tr")) {
      const [volume, ...cells] = row.children;
      const told = bills.line(usages, Number(volume.textContent.replaceAll(",", "")), state);
      cells.forEach((cell, at) => { cell.textContent = told[at]; });
    }
    for (const place of document.querySelectorAll(".images")) place.textContent = bills.count(state.images);
  }

  let waiting = 0;
  function changed() {
    answer();
    clearTimeout(waiting);
    waiting = setTimeout(() => redraw(["bill", "volumes"]), 60);
  }

  function hide(label, off) {
    if (off) shown.delete(label); else shown.add(label);
    for (const row of document.querySelectorAll(`tr[data-run="${CSS.escape(label)}"]`)) {
      if (!row.closest("#runs")) row.hidden = off;
      else row.classList.toggle("off", off);
    }
    answer();
    return redraw(Object.keys(charts));
  }

  const slider = form.elements.slider;
  const number = form.elements.images;
  const snapped = (value) => {
    const images = 10 ** (value / 20);
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(images)) - 1);
    return Math.round(images / unit) * unit;
  };
  slider.addEventListener("input", () => {
    state.images = number.valueAsNumber = snapped(slider.valueAsNumber);
    changed();
  });
  number.addEventListener("input", () => {
    const images = number.valueAsNumber;
    if (!(images >= 0 && images <= 1e8)) return;
    state.images = Math.round(images);
    slider.value = 20 * Math.log10(Math.max(1, images));
    changed();
  });
  form.elements.size.addEventListener("change", (event) => { state.size = event.target.value; changed(); });
  form.elements.free.addEventListener("change", (event) => { state.free = event.target.checked; changed(); });
  for (const select of form.querySelectorAll("select[data-cloud]")) {
    select.addEventListener("change", () => { state.regions[select.dataset.cloud] = select.value; changed(); });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const box of document.querySelectorAll("#runs input")) {
    box.addEventListener("change", () => hide(box.value, !box.checked));
  }
  for (const button of document.querySelectorAll("button[data-scale]")) {
    button.addEventListener("click", () => {
      const name = button.dataset.scale;
      const now = button.getAttribute("aria-pressed") === "true";
      logarithmic[name] = !now;
      button.setAttribute("aria-pressed", String(!now));
      draw(name);
    });
  }
  for (const head of document.querySelectorAll("table.sortable th")) {
    head.tabIndex = 0;
    const sort = () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const at = [...head.parentElement.children].indexOf(head);
      const body = head.closest("table").tBodies[0];
      const value = (row) => {
        const text = row.children[at].textContent.trim();
        const found = /^\$?(-?[\d,.]+)\s*(ms|s)?/.exec(text);
        return found ? Number(found[1].replaceAll(",", "")) * (found[2] === "s" ? 1000 : 1) : text;
      };
      const sorted = [...body.rows].sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return up ? order : -order;
      });
      body.append(...sorted);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  }
  document.documentElement.classList.add("live");
  form.querySelector("details").open = document.documentElement.clientWidth > 1100;
  for (const figure of document.querySelectorAll("figure[data-chart]")) watched.observe(figure);
  window.drawAll = () => Promise.all(Object.keys(charts).map(draw));
})();
