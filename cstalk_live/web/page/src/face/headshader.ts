// The head's light and paint. Linear light until the last lines, which write sRGB with a soft shoulder. LITE leaves out
// what software rendering cannot afford: the second highlight, the grain and the strands of the brows.

export const HEAD_VERTEX = /* glsl */ `
attribute vec3 rest;
attribute vec4 daylight;   // sky and main light at rest, the same with the mouth open and the eyes shut
attribute vec4 coat;       // lip, mouth lining, blood, mm above the hairline
attribute float part;
uniform float jaw;
uniform vec2 blink;        // left, right
uniform vec3 cameraAt;
varying vec3 vRest;
varying vec3 vNormal;
varying vec3 vEye;
varying vec2 vLight;
varying vec4 vCoat;
varying float vPart;

void main() {
  vec4 place = modelViewMatrix * vec4(position, 1.0);
  vRest = rest;
  vNormal = normal;
  vEye = cameraAt - position;
  float other = rest.y < -22.0 ? jaw : (rest.x > 0.0 ? blink.x : blink.y);
  vLight = mix(daylight.xy, daylight.zw, other);
  vCoat = coat;
  vPart = part;
  gl_Position = projectionMatrix * place;
}
`;

export const HEAD_FRAGMENT = /* glsl */ `
precision highp float;
uniform vec3 eyeCentre[2];
varying vec3 vRest;
varying vec3 vNormal;
varying vec3 vEye;
varying vec2 vLight;
varying vec4 vCoat;
varying float vPart;

const vec3 KEY = normalize(vec3(-0.50, 0.55, 0.72));
const vec3 FILL = normalize(vec3(0.80, 0.10, 0.45));
const vec3 RIM = normalize(vec3(0.65, 0.45, -0.75));
const vec3 KEY_COLOUR = vec3(1.42, 1.36, 1.27);
const vec3 FILL_COLOUR = vec3(0.34, 0.40, 0.50);
const vec3 RIM_COLOUR = vec3(0.75, 0.80, 0.95);
const vec3 SKY = vec3(0.50, 0.53, 0.60);
const vec3 GROUND = vec3(0.24, 0.20, 0.18);

const vec3 SKIN = vec3(0.56, 0.315, 0.215);
const vec3 LIP = vec3(0.44, 0.155, 0.13);
const vec3 MOUTH = vec3(0.20, 0.045, 0.04);
const vec3 TEETH = vec3(0.86, 0.76, 0.61);
const vec3 GUM = vec3(0.46, 0.15, 0.14);
const vec3 TONGUE = vec3(0.44, 0.13, 0.12);
const vec3 HAIR = vec3(0.034, 0.023, 0.017);
const vec3 SCLERA = vec3(0.66, 0.62, 0.58);
const vec3 IRIS = vec3(0.075, 0.115, 0.125);

float grain(vec2 p) {
  return sin(1.9 * p.x + 2.3 * sin(0.7 * p.y)) * sin(2.1 * p.y + 1.7 * sin(0.9 * p.x));
}

float between(float x, float x0, float y0, float x1, float y1) {
  return mix(y0, y1, clamp((x - x0) / (x1 - x0), 0.0, 1.0));
}

// How much brow covers a place: a band that thins outwards, broken into strands.
float brow(vec3 p) {
  float side = abs(p.x);
  if (side < 5.0 || side > 51.0 || p.y < 8.0 || p.y > 30.0 || p.z < -30.0) return 0.0;
  float middle = side < 26.0
    ? (side < 16.0 ? between(side, 8.0, 16.5, 16.0, 18.5) : between(side, 16.0, 18.5, 26.0, 20.8))
    : (side < 36.0 ? between(side, 26.0, 20.8, 36.0, 21.2) : between(side, 36.0, 21.2, 47.0, 16.5));
  float wide = side < 16.0 ? between(side, 8.0, 2.4, 16.0, 3.3) : between(side, 16.0, 3.3, 47.0, 0.8);
  float off = p.y - middle;
  float cover = wide - abs(off);
  float hairs = 0.0;
#ifndef LITE
  // Hairs stand up by the nose and lie down outwards.
  float lean = side - off * mix(0.35, 2.2, smoothstep(8.0, 30.0, side));
  hairs = 0.5 * sin(5.3 * lean + 1.1 * sin(1.7 * side)) + 0.35 * sin(8.9 * lean + 2.0 * sin(0.8 * side + off));
  cover += 0.55 * hairs;
#endif
  float dense = 0.86 + 0.12 * hairs;
  return dense * smoothstep(-1.1, 1.6, cover) * smoothstep(6.0, 11.5, side) * (1.0 - smoothstep(42.0, 49.5, side));
}

vec3 eyePaint(vec3 axis) {
  float angle = atan(length(axis.xy), axis.z);
  float turn = atan(axis.y, axis.x);
  float rays = 1.0 + 0.35 * sin(23.0 * turn + 2.0 * sin(9.0 * turn)) * sin(17.0 * turn);
  vec3 iris = IRIS * rays * (1.75 - 1.15 * smoothstep(0.24, 0.37, angle));
  vec3 white = mix(SCLERA, vec3(0.62, 0.40, 0.36), 0.6 * smoothstep(0.6, 1.1, angle));
  vec3 colour = mix(iris, white, smoothstep(0.345, 0.395, angle));
  return mix(vec3(0.004), colour, smoothstep(0.13, 0.165, angle));
}

// Gaps between the teeth: the row is an arch, teeth are told apart by the way along it from the middle.
float toothGap(vec3 p, float width) {
  float arch = atan(p.x, p.z + 14.0) * 30.0;
  float way = abs(arch);
  float tooth = way < width ? way / width : 1.0 + (way - width) / (0.82 * width);
  float beside = abs(fract(tooth + 0.5) - 0.5) * width;
  return 1.0 - 0.38 * (1.0 - smoothstep(0.02, 0.55, beside));
}

float highlight(vec3 light, vec3 n, vec3 eye, float wet, float gloss) {
  float cosine = max(dot(n, normalize(light + eye)), 0.0);
  float power = 14.0 + 200.0 * wet * wet;
  return (power + 8.0) / 40.0 * pow(cosine, power) * gloss;
}

vec3 diffuse(vec3 n, vec3 light, vec3 wrap) {
  return max((dot(n, light) + wrap) / (1.0 + wrap), 0.0);
}

void main() {
  vec3 n = normalize(vNormal);
  vec3 eye = normalize(vEye);
  vec3 p = vRest;
  float sky = vLight.x;
  float lit = vLight.y;
  vec3 colour;
  float gloss;
  float wet;
  float skin = 1.0;
  if (vPart < 0.5) {
    vec3 tone = 1.0 + vCoat.z * vec3(0.04, -0.17, -0.16);
    colour = SKIN * tone;
#ifndef LITE
    colour *= 1.0 + 0.02 * grain(vec2(0.6 * (p.x + p.z), 0.6 * p.y));
#endif
    float red = smoothstep(0.25, 0.85, vCoat.x);
    colour = mix(colour, LIP, red);
    float lining = smoothstep(0.3, 0.9, vCoat.y);
    colour = mix(colour, MOUTH, lining);
    // Light that has been through the cheeks.
    sky = max(sky, max(0.16 * lining * smoothstep(-42.0, 8.0, p.z), 0.26 * red));
    float hairline = vCoat.w;
#ifndef LITE
    hairline += 1.5 * grain(vec2(p.x + p.z, p.y));
#endif
    float hair = max(0.985 * smoothstep(-4.0, 6.0, hairline), brow(p));
    colour = mix(colour, HAIR, hair);
    gloss = (0.13 + 0.12 * red + 0.2 * vCoat.y) * (1.0 - 0.8 * hair);
    wet = 0.10 + 0.35 * red + 0.4 * vCoat.y;
  } else if (vPart < 2.5) {
    bool upper = vPart < 1.5;
    float near = 0.15 + 0.85 * smoothstep(-4.0, 16.0, p.z);
    float gum = upper ? smoothstep(-64.0, -61.5, p.y) : 1.0 - smoothstep(-86.0, -83.5, p.y);
    colour = mix(TEETH * toothGap(p, upper ? 7.6 : 5.2), GUM, gum) * near;
    gloss = 0.5 * near;
    wet = 0.6;
    skin = 0.0;
    // Light goes through teeth: they are never as dark as the hollow they stand in.
    sky = mix(0.50, 0.85, sky);
    lit = mix(0.30, 0.6, lit);
  } else if (vPart < 3.5) {
    float near = 0.15 + 0.85 * smoothstep(-8.0, 14.0, p.z);
    colour = TONGUE * near * (1.0 - 0.18 * exp(-p.x * p.x / 3.0));
    sky = max(sky, 0.42 * near);
    lit = max(lit, 0.10 * near);
    gloss = 0.45 * near;
    wet = 0.6;
  } else {
    int side = vPart < 4.5 ? 0 : 1;
    vec3 axis = normalize(p - (side == 0 ? eyeCentre[0] : eyeCentre[1]));
    colour = eyePaint(axis);
    gloss = 0.34;
    wet = 1.0;
    skin = 0.0;
    lit = mix(lit, 1.0, 0.15);
  }
  vec3 wrap = mix(vec3(0.02), vec3(0.24, 0.13, 0.10), skin);
  vec3 shadow = pow(vec3(max(lit, 1e-4)), mix(vec3(1.0), vec3(0.88, 0.97, 1.0), skin));
  vec3 hollow = pow(vec3(max(sky, 1e-4)), mix(vec3(1.3), vec3(1.1, 1.35, 1.45), skin));
  float up = 0.5 + 0.5 * n.y;
  vec3 light = KEY_COLOUR * diffuse(n, KEY, wrap) * shadow + mix(GROUND, SKY, up) * hollow;
  light += (FILL_COLOUR * diffuse(n, FILL, wrap) + RIM_COLOUR * diffuse(n, RIM, wrap)) * hollow;
  vec3 shine = KEY_COLOUR * highlight(KEY, n, eye, wet, gloss) * shadow;
  float grazing = pow(1.0 - clamp(dot(n, eye), 0.0, 1.0), 5.0);
#ifndef LITE
  shine += FILL_COLOUR * highlight(FILL, n, eye, wet, gloss) * hollow;
#endif
  shine += 0.8 * gloss * (SKY + RIM_COLOUR) * grazing * hollow;
  vec3 seen = colour * light + shine;
  const float knee = 0.7;
  vec3 over = knee + (1.0 - knee) * (1.0 - exp(-(seen - knee) / (1.0 - knee)));
  seen = mix(seen, over, step(knee, seen));
  vec3 screen = mix(12.92 * seen, 1.055 * pow(max(seen, 1e-6), vec3(1.0 / 2.4)) - 0.055, step(0.0031308, seen));
  // The skin ends at a collar that falls towards the front, with an uneven edge: it fades out above that.
  float alpha = smoothstep(-199.0, -162.0, p.y + 0.45 * p.z);
  gl_FragColor = vec4(screen * alpha, alpha);
}
`;

export const LASH_VERTEX = /* glsl */ `
varying vec2 vUv;
void main() {
  vUv = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
`;

// Strands of uneven length, tapering, blurred to their mean cover where they are finer than a pixel.
export const LASH_FRAGMENT = /* glsl */ `
precision highp float;
varying vec2 vUv;
void main() {
  float along = vUv.x * 1.9 + 0.5 * sin(vUv.x * 1.9) + 0.5 * vUv.y * sin(vUv.x * 2.3);
  float number = floor(along);
  float reach = 0.62 + 0.38 * fract(sin(number * 12.9898) * 43758.5453);
  float blur = fwidth(along);
  float wide = 0.19 * (1.0 - smoothstep(0.0, 1.0, vUv.y / reach));
  float strand = 1.0 - smoothstep(wide - blur, wide + blur, abs(fract(along) - 0.5));
  float cover = mix(strand, 2.0 * wide, smoothstep(0.35, 0.9, blur));
  // The roots run together into a thin dark line.
  cover = max(cover, 0.75 * (1.0 - smoothstep(0.03, 0.14, vUv.y)));
  cover *= step(vUv.y, reach) * smoothstep(0.0, 2.5, vUv.x);
  gl_FragColor = vec4(vec3(0.035, 0.026, 0.02) * cover * 0.92, cover * 0.92);
}
`;
