// A worklet that hears the capture worklet's input and the playback worklet's output side by side: posts both when asked.
registerProcessor(
  "taps",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.sides = [[], []];
      this.isOver = false;
      this.port.onmessage = () => {
        const heard = this.sides.map((blocks) => {
          const samples = new Float32Array(blocks.length * 128);
          for (const [i, block] of blocks.entries()) samples.set(block, i * 128);
          return samples;
        });
        this.port.postMessage(
          heard,
          heard.map(({ buffer }) => buffer),
        );
        this.isOver = true;
      };
    }
    process(inputs) {
      for (const [i, blocks] of this.sides.entries()) {
        blocks.push(inputs[i]?.[0]?.slice() ?? new Float32Array(128));
      }
      return !this.isOver;
    }
  },
);
