// Rings of fixed size: a page that is open for a day holds as much as one that is open for a minute.

/** Rows of `width` numbers; the oldest row makes room for the newest. */
export class RowRing {
  private readonly rows: Float32Array;
  private next = 0;
  private filled = 0;

  constructor(
    readonly capacity: number,
    readonly width: number,
  ) {
    this.rows = new Float32Array(capacity * width);
  }

  get length(): number {
    return this.filled;
  }

  push(row: ArrayLike<number>): void {
    this.rows.set(row, this.next * this.width);
    this.next = (this.next + 1) % this.capacity;
    this.filled = Math.min(this.filled + 1, this.capacity);
  }

  /** @param age 0 = newest. */
  at(age: number, column: number): number {
    if (age < 0 || age >= this.filled) return Number.NaN;
    return this.rows[((this.next - 1 - age + 2 * this.capacity) % this.capacity) * this.width + column]!;
  }

  /** One column, oldest first, into `out`, whose end is the newest; what is not filled yet is NaN. */
  column(column: number, out: Float32Array | Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.at(out.length - 1 - i, column);
  }

  clear(): void {
    this.next = this.filled = 0;
  }
}
