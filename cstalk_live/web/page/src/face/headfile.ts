// The head as cstalk_live.training.face_mesh_page packs it.

export interface HeadData {
  vertices: number;
  /** mm, [n, 3]; x to the character's left, y up, z forward; the origin lies between the eyes. */
  rest: Float32Array;
  /** [m, 4], counter-clockwise from outside; at an eye's poles two corners coincide. */
  quads: Uint16Array;
  quadPart: Uint8Array;
  parts: string[];
  lipPaint: Uint8Array;
  mouthPaint: Uint8Array;
  /** [n, 4]: sky and main light at rest, the same with the mouth open; 255 = all of it. */
  light: Uint8Array;
  units: Unit[];
  seam: Seam;
  eyeCentres: [number[], number[]];
  /** Vertices of the upper lids' edges, from the nose outwards. */
  lashRoots: [Uint16Array, Uint16Array];
}

/** A face unit: what it moves, and by how many mm at weight 1. */
export interface Unit {
  name: string;
  vertices: Uint16Array;
  /** int16 [k, 3], times `step`. */
  moves: Int16Array;
  step: number;
}

/** The lips' seam, corrected after the units are added up (cstalk_live.training.face_mesh says how and why). */
export interface Seam {
  upper: Uint16Array;
  lower: Uint16Array;
  /** What parting column `columns[i]` by 1 mm adds to the height of vertex `vertices[i]`. */
  columns: Uint8Array;
  vertices: Uint16Array;
  heights: Float32Array;
  /** By unit: lipsTogether leaves this unit's part in the gap alone. */
  sealsNothing: boolean[];
}

interface Manifest {
  vertices: number;
  rest_step_mm: number;
  parts: string[];
  units: string[];
  unit_sizes: number[];
  unit_steps_mm: number[];
  seals_nothing: boolean[];
  eye_centres_mm: [number[], number[]];
  arrays: Record<string, [string, number, number]>;
}

const MAGIC = "CSTKHEAD";

const VIEWS = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  f32: Float32Array,
} as const;

/** @throws Error with a plain sentence when the file is something else. */
export function readHead(buffer: ArrayBuffer): HeadData {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 12 || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new Error("The head's file is damaged: build the page again.");
  }
  const length = new DataView(buffer).getUint32(8, true);
  const manifest = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as Manifest;
  const start = Math.ceil((12 + length) / 4) * 4;

  function array<T>(name: string): T {
    const place = manifest.arrays[name];
    const View = VIEWS[(place?.[0] ?? "") as keyof typeof VIEWS];
    if (!place || !View) throw new Error(`The head's file has no array ${name}: build the page again.`);
    return new View(buffer, start + place[1], place[2]) as T;
  }

  const packed = array<Int16Array>("rest");
  const rest = new Float32Array(packed.length);
  for (let i = 0; i < rest.length; i++) rest[i] = packed[i]! * manifest.rest_step_mm;
  return {
    vertices: manifest.vertices,
    rest,
    quads: array("quads"),
    quadPart: array("quad_part"),
    parts: manifest.parts,
    lipPaint: array("lip_paint"),
    mouthPaint: array("mouth_paint"),
    light: array("light"),
    units: readUnits(manifest, array("delta_vertices"), array("delta_moves")),
    seam: {
      upper: array("lip_upper"),
      lower: array("lip_lower"),
      columns: array("seam_columns"),
      vertices: array("seam_vertices"),
      heights: array("seam_heights"),
      sealsNothing: manifest.seals_nothing,
    },
    eyeCentres: manifest.eye_centres_mm,
    lashRoots: [array("lashes_left"), array("lashes_right")],
  };
}

function readUnits(manifest: Manifest, vertices: Uint16Array, moves: Int16Array): Unit[] {
  let from = 0;
  return manifest.units.map((name, k) => {
    const to = from + manifest.unit_sizes[k]!;
    const unit = {
      name,
      vertices: vertices.subarray(from, to),
      moves: moves.subarray(3 * from, 3 * to),
      step: manifest.unit_steps_mm[k]!,
    };
    from = to;
    return unit;
  });
}
