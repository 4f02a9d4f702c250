// VRM expressions from ARKit shapes. Avatars made for "perfect sync" carry the 52 under their own names and get them as
// they are; others get the few that VRM knows.

type Weights = (name: string) => number;

const BOTH = (weights: Weights, name: string): number => 0.5 * (weights(`${name}Left`) + weights(`${name}Right`));

/** Expressions of VRM 1.0 (three-vrm gives VRM 0.x avatars the same names). */
export const VRM_EXPRESSIONS: Readonly<Record<string, (weights: Weights) => number>> = {
  aa: (w) => Math.max(0, w("jawOpen") - w("mouthClose")) * (1 - Math.max(w("mouthFunnel"), w("mouthPucker"))) * 1.4,
  oh: (w) => w("mouthFunnel"),
  ou: (w) => w("mouthPucker") * 0.8,
  ee: (w) => BOTH(w, "mouthStretch") * 0.8,
  ih: (w) => BOTH(w, "mouthLowerDown") * 0.5,
  blinkLeft: (w) => w("eyeBlinkLeft"),
  blinkRight: (w) => w("eyeBlinkRight"),
  happy: (w) => BOTH(w, "mouthSmile") * 0.8,
  angry: (w) => BOTH(w, "browDown") * 0.8,
  sad: (w) => Math.min(1, BOTH(w, "mouthFrown") + 0.3 * w("browInnerUp")) * 0.8,
  surprised: (w) => BOTH(w, "eyeWide") * 0.8,
  lookUp: (w) => BOTH(w, "eyeLookUp"),
  lookDown: (w) => BOTH(w, "eyeLookDown"),
  lookLeft: (w) => 0.5 * (w("eyeLookOutLeft") + w("eyeLookInRight")),
  lookRight: (w) => 0.5 * (w("eyeLookInLeft") + w("eyeLookOutRight")),
};
