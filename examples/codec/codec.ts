/** 20 ms of a tone to the bytes of a telephone line and back: `npx tsx examples/codec/codec.ts`. */
import { loadDsp } from "voxwire";

const dsp = await loadDsp();
const pcm = Int16Array.from({ length: 160 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / 8000));
const bytes = dsp.mulaw.encode(pcm);
const heard = dsp.mulaw.decode(bytes);
console.log(`${pcm.length} samples, ${bytes.length} bytes, sample 5: ${pcm[5]} became ${heard[5]}`);
