// Runs npm's @met4citizen/headaudio over 16 kHz sound outside a browser, as its worklet would: 128 samples at a time.
//   node headaudio.mjs PACKAGE_FOLDER < float32 samples   ->  JSON: viseme weights 60 times a second, processor time
// Its own classes do all the work; only the two browser classes they extend are stood in for.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

globalThis.AudioWorkletNode = class {
  constructor() {
    this.port = { postMessage: () => {}, onmessage: null };
  }
};
const folder = process.argv[2];
const load = (name) => import(pathToFileURL(path.join(folder, "modules", name)).href);
const { HeadAudio } = await load("headaudio.mjs");
const { Processor } = await load("processor.mjs");
const { Training } = await load("training.mjs");
const PARAMS = await load("parameters.mjs");

const file = fs.readFileSync(path.join(folder, "dist", "model-en-mixed.bin"));
const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const training = new Training();
const model = [];
for (let at = 0; at + PARAMS.RECORD_OFFSET <= buffer.byteLength; at += PARAMS.RECORD_OFFSET) {
  model.push(training.decodeBinaryRecord(new Float32Array(buffer, at, PARAMS.RECORD_LEN)));
}

const input = fs.readFileSync(0);
const sound = new Float32Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength));
const head = new HeadAudio({}, {});
const weights = {};
head.onvalue = (name, value) => { weights[name] = value; };
const worklet = { port: { onmessage: null, postMessage: (data) => head.port.onmessage({ data }) } };
const processor = new Processor({ sampleRate: 16000 }, worklet);
processor._onmessage({ data: { event: "model", model, reset: true } });

const rows = [];
const before = process.cpuUsage();
let shown = 0;
for (let at = 0; at + 128 <= sound.length; at += 128) {
  processor.process(sound.subarray(at, at + 128));
  while ((shown + 1) * 16000 <= (at + 128) * 60) {
    head.update(1000 / 60);
    rows.push(head.visemeNames.map((name) => weights[name] ?? 0));
    shown += 1;
  }
}
const used = process.cpuUsage(before);
console.log(JSON.stringify({ names: head.visemeNames, rows, cpu_s: (used.user + used.system) / 1e6 }));
