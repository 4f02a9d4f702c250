// How long to wait before connecting again.

const FIRST_MS = 250;
const LONGEST_MS = 4000;
/** Pages that lost the same program do not all come back in the same millisecond. */
const JITTER = 0.25;

export class BackOff {
  private failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** The next pause, ms: 250, 500, 1000, 2000, then 4000, each up to a quarter shorter or longer. */
  next(): number {
    const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    return pause * (1 + JITTER * (2 * this.random() - 1));
  }

  get attempts(): number {
    return this.failures;
  }

  reset(): void {
    this.failures = 0;
  }
}
