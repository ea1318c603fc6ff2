/** Runs at most so many tasks at once, the others in the order in which they came. */
export class Lanes {
  constructor(count) {
    this.free = count;
    this.waiting = [];
  }

  /** Run the task as soon as there is a lane; it may leave the lane before it ends. */
  async run(task) {
    if (this.free === 0) await new Promise((go) => this.waiting.push(go));
    else this.free -= 1;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
    try {
      return await task(leave);
    } finally {
      leave();
    }
  }
}
