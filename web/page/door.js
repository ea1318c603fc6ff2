// A front door, as its openapi.json describes it.

/** No answer came. */
export class Disconnected extends Error {}

/** The front door refused; the message is its sentence. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export class Door {
  constructor({ name, api }) {
    this.name = name;
    this.api = api;
  }

  /** Ask for an upload of {name, bytes, type, sha256}. */
  async ask(photo) {
    const body = JSON.stringify(photo);
    const answer = await this.#fetch("/uploads", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    return answer.json();
  }

  /**
   * Return {job, tag, pause}; with the tag of the last answer it waits up to so many seconds for a change. The
   * pause is how many seconds to wait before the next call, if too many wait there.
   */
  async job(upload, known = { job: null, tag: "" }, wait = 0) {
    const headers = { "Twinlens-Handle": upload.handle };
    if (known.tag) headers["If-None-Match"] = known.tag;
    const answer = await this.#fetch(`/jobs/${upload.id}?wait=${wait}`, { headers });
    const pause = Number(answer.headers.get("Retry-After") ?? 0);
    if (answer.status === 304) return { ...known, pause };
    return { job: await answer.json(), tag: answer.headers.get("ETag") ?? "", pause };
  }

  /** Send the file to the store, and return the status of its answer; tell the share that is sent. */
  send({ upload }, file, tell) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch tells no progress
      request.open(upload.method, upload.url);
      for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => tell(event.lengthComputable ? event.loaded / event.total : 0);
      request.onload = () => resolve(request.status);
      request.onerror = () => reject(new Disconnected());
      request.send(file);
    });
  }

  async #fetch(path, options) {
    let answer;
    try {
      answer = await fetch(this.api + path, { ...options, credentials: "omit", cache: "no-store" });
    } catch {
      throw new Disconnected();
    }
    if (answer.ok || answer.status === 304) return answer;
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail ?? "");
  }
}
