// Raw curves -> ARKit shapes, by the table that the program's own Live Link Face output uses: rig.json is written from
// the same CSV files (cstalk_live.web.rig_table), and a test compares the two programs' results.

type Row = [raw: number, shape: number, weight: number];

export interface RigTable {
  schema_hash: number;
  /** The values of a frame, in order; the first `raw_count` are raw curves 0..1, then come the extras. */
  names: string[];
  raw_count: number;
  /** By raw curve. */
  regions: string[];
  neutral: number[];
  /** 52, Apple's spelling. */
  shapes: string[];
  exact: Row[];
  heuristic: Row[];
  /** [shape, raw, weight]: the pose that a shape stands for. */
  poses: Row[];
  /** MouthClose is the mean of these times JawOpen. */
  closing: [raw: number, weight: number][];
}

export class ArkitMap {
  readonly shapes: readonly string[];
  private readonly jaw: number;
  private readonly close: number;
  private readonly unexplained: Map<number, Row[]>;
  private readonly posesOf = new Map<number, Row[]>();

  constructor(private readonly table: RigTable) {
    this.shapes = table.shapes;
    this.jaw = table.shapes.indexOf("jawOpen");
    this.close = table.shapes.indexOf("mouthClose");
    this.unexplained = grouped(table.heuristic, 0);
    for (const row of table.poses) {
      if (this.unexplained.has(row[1])) this.posesOf.set(row[1], [...(this.posesOf.get(row[1]) ?? []), row]);
    }
  }

  /**
   * @param raw a frame's values; the first 251 count.
   * @param out 52 weights 0..1.
   */
  apply(raw: ArrayLike<number>, out: Float32Array): void {
    out.fill(0);
    for (const [from, to, weight] of this.table.exact) out[to] = out[to]! + weight * raw[from]!;
    limit(out);
    // Curves that no shape reaches: only what the exact shapes leave of them counts, all against the same exact shapes.
    const shares: [Row, number][] = [];
    for (const [from, rows] of this.unexplained) {
      let left = raw[from]!;
      for (const [shape, , weight] of this.posesOf.get(from) ?? []) left -= weight * out[shape]!;
      if (left > 0) for (const row of rows) shares.push([row, left]);
    }
    for (const [[, to, weight], left] of shares) out[to] = out[to]! + weight * left;
    limit(out);
    let together = 0;
    for (const [from, weight] of this.table.closing) together += weight * raw[from]!;
    out[this.close] = together * out[this.jaw]!;
  }
}

function grouped(rows: Row[], by: 0 | 1): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) found.set(row[by], [...(found.get(row[by]) ?? []), row]);
  return found;
}

function limit(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(0, values[i]!));
}
