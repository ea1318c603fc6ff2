// How a photo looks on the page. What an uploader controls is text only, never markup.
import * as words from "./words.js";

function make(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

/** Show a picture with a caption, or the caption and a sentence where the browser cannot. */
function figure(source, caption, alt) {
  const text = make("figcaption", { textContent: caption });
  const image = make("img", { alt, src: source });
  image.addEventListener("error", () => {
    image.remove();
    text.textContent = `${caption}. ${words.NO_PREVIEW}`;
  });
  return make("figure", {}, image, text);
}

export class Card {
  constructor(file, doors) {
    const heading = make("h2", { tabIndex: -1 }, file.name, " ");
    heading.append(make("span", { className: "size", textContent: words.size(file.size) }));
    const before = figure(URL.createObjectURL(file), "Before", `${file.name} before`);
    this.columns = doors.map((door) => new Column(file.name, door.name, heading));
    const original = make("div", {}, make("h3", { textContent: words.ORIGINAL }), before);
    const columns = make("div", { className: "columns" }, original, ...this.columns.map((each) => each.element));
    this.element = make("article", {}, heading, columns);
    this.element.setAttribute("aria-label", file.name);
  }
}

/** One photo at one front door. */
class Column {
  constructor(photo, door, heading) {
    this.photo = photo;
    this.title = `${photo}, ${door}`;
    this.state = make("p", { className: "state", textContent: words.WAITING });
    this.bar = make("progress", { max: 1, value: 0, hidden: true });
    this.bar.setAttribute("aria-label", `Upload of ${this.title}`);
    this.steps = make("ol", { className: "steps", hidden: true });
    this.steps.setAttribute("aria-label", "Steps");
    this.again = make("button", { type: "button", textContent: "Try again", hidden: true });
    this.again.setAttribute("aria-label", `Try again: ${this.title}`);
    this.again.addEventListener("click", () => {
      heading.focus(); // the button goes
      this.#phase("");
      this.onceMore();
      this.show({ sentence: words.WAITING });
      this.onRetry();
    });
    this.heading = make("h3", { textContent: door });
    this.element = make("section", {}, this.heading, this.state, this.bar, this.steps, this.again);
    this.element.setAttribute("aria-label", this.title);
  }

  show({ sentence, share, job }) {
    this.state.textContent = sentence;
    this.bar.hidden = share === undefined;
    if (share !== undefined) this.bar.value = share;
    if (job) this.#list(job.steps);
  }

  /** Show the results, and return the sentence about them. */
  finish(job) {
    const sentence = words.done(job);
    this.show({ sentence, job });
    this.#phase("done");
    const results = job.results.filter((each) => /^https?:$/.test(new URL(each.url).protocol));
    const pictures = results.filter((each) => each.type.startsWith("image/") && each.width > 0);
    const largest = pictures.toSorted((one, other) => other.width * other.height - one.width * one.height)[0];
    if (largest) this.heading.after(figure(largest.url, "After", `${this.title}, after`));
    const links = results.map((each) => make("li", {}, this.#link(each)));
    const list = make("ul", { className: "results" }, ...links);
    list.setAttribute("aria-label", "Results to download");
    this.element.append(list);
    return sentence;
  }

  /** Show why the photo goes no further, and return the sentence. */
  stop({ message, again }) {
    this.show({ sentence: message });
    this.#phase("stopped", again);
    return message;
  }

  #phase(name, again = false) {
    this.element.className = name;
    this.again.hidden = !again;
  }

  #list(steps) {
    this.steps.hidden = steps.length === 0;
    const items = steps.map(({ name, state }) => {
      const hidden = make("span", { className: "hidden", textContent: `: ${state}` });
      return make("li", { className: state }, name.replaceAll("_", " "), hidden);
    });
    this.steps.replaceChildren(...items);
  }

  #link({ name, url, width, height, bytes }) {
    const pixels = width ? `${width} × ${height}, ` : "";
    const text = `${name} (${pixels}${words.size(bytes)})`;
    return make("a", { href: url, download: name, target: "_blank", rel: "noopener", textContent: text });
  }
}
