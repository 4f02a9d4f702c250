// One step of Catmull-Clark subdivision (1978; borders after DeRose, Kass and Truong 1998) as a sparse matrix. The step
// is linear, so the same matrix refines every pose and everything else that vertices carry.

/** Rows of a sparse matrix: fine vertex r is the sum of weights[i] * coarse[columns[i]], i in starts[r]..starts[r+1]. */
export interface Refinement {
  vertices: number;
  starts: Uint32Array;
  columns: Uint32Array;
  weights: Float32Array;
  quads: Uint32Array;
}

type Row = Map<number, number>;

function add(row: Row, other: Row | number, weight: number): void {
  if (typeof other === "number") {
    row.set(other, (row.get(other) ?? 0) + weight);
  } else {
    for (const [column, value] of other) row.set(column, (row.get(column) ?? 0) + weight * value);
  }
}

/**
 * @param quads [m, 4] of the surface to refine.
 * @param vertices how many there are; those in no quad stay where they are. Fine vertices 0..vertices-1 are the coarse
 *   ones, smoothed; then follow the edges' and the faces'.
 */
export function catmullClark(quads: ArrayLike<number>, vertices: number): Refinement {
  const faces = quads.length / 4;
  const facePoints: Row[] = [];
  const edgeNumber = new Map<number, number>();
  const edges: { ends: [number, number]; faces: number[] }[] = [];
  const facesAt: number[][] = Array.from({ length: vertices }, () => []);
  const edgesAt: number[][] = Array.from({ length: vertices }, () => []);
  const edgeOf = new Uint32Array(quads.length);
  for (let f = 0; f < faces; f++) {
    const row: Row = new Map();
    for (let c = 0; c < 4; c++) {
      const a = quads[4 * f + c]!;
      const b = quads[4 * f + ((c + 1) % 4)]!;
      add(row, a, 0.25);
      facesAt[a]!.push(f);
      const key = Math.min(a, b) * vertices + Math.max(a, b);
      let edge = edgeNumber.get(key);
      if (edge === undefined) {
        edge = edges.length;
        edgeNumber.set(key, edge);
        edges.push({ ends: [a, b], faces: [] });
        edgesAt[a]!.push(edge);
        edgesAt[b]!.push(edge);
      }
      edges[edge]!.faces.push(f);
      edgeOf[4 * f + c] = edge;
    }
    facePoints.push(row);
  }
  const rows: Row[] = [];
  for (let v = 0; v < vertices; v++) rows.push(vertexPoint(v, facesAt[v]!, edgesAt[v]!, edges, facePoints));
  for (const { ends, faces: beside } of edges) {
    const row: Row = new Map();
    const inner = beside.length > 1;
    for (const end of ends) add(row, end, inner ? 0.25 : 0.5);
    if (inner) for (const f of beside) add(row, facePoints[f]!, 0.5 / beside.length);
    rows.push(row);
  }
  rows.push(...facePoints);
  const fine = new Uint32Array(16 * faces);
  for (let f = 0; f < faces; f++) {
    for (let c = 0; c < 4; c++) {
      const corner = [
        quads[4 * f + c]!,
        vertices + edgeOf[4 * f + c]!,
        vertices + edges.length + f,
        vertices + edgeOf[4 * f + ((c + 3) % 4)]!,
      ];
      fine.set(corner, 16 * f + 4 * c);
    }
  }
  return packed(rows, fine);
}

function vertexPoint(
  v: number,
  faces: number[],
  edgesHere: number[],
  edges: { ends: [number, number]; faces: number[] }[],
  facePoints: Row[],
): Row {
  const row: Row = new Map();
  const valence = edgesHere.length;
  if (valence === 0) {
    add(row, v, 1);
    return row;
  }
  const rim = edgesHere.filter((e) => edges[e]!.faces.length === 1);
  if (rim.length > 0) {
    add(row, v, 0.5);
    for (const e of rim) for (const end of edges[e]!.ends) add(row, end, 0.25 / rim.length);
    return row;
  }
  for (const f of faces) add(row, facePoints[f]!, 1 / (valence * faces.length));
  for (const e of edgesHere) for (const end of edges[e]!.ends) add(row, end, 1 / (valence * valence));
  add(row, v, (valence - 3) / valence);
  return row;
}

function packed(rows: Row[], quads: Uint32Array): Refinement {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => (starts[r + 1] = starts[r]! + row.size));
  const columns = new Uint32Array(starts[rows.length]!);
  const weights = new Float32Array(columns.length);
  let i = 0;
  for (const row of rows) {
    for (const [column, weight] of row) {
      columns[i] = column;
      weights[i++] = weight;
    }
  }
  return { vertices: rows.length, starts, columns, weights, quads };
}

/** Refine `coarse` [n, width] into `fine` [vertices, width]. */
export function refine(by: Refinement, coarse: ArrayLike<number>, fine: Float32Array, width: number): void {
  const { starts, columns, weights } = by;
  for (let r = 0; r < by.vertices; r++) {
    const end = starts[r + 1]!;
    for (let w = 0; w < width; w++) {
      let sum = 0;
      for (let i = starts[r]!; i < end; i++) sum += weights[i]! * coarse[width * columns[i]! + w]!;
      fine[width * r + w] = sum;
    }
  }
}
