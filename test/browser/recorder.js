// A worklet that keeps what it hears: posts everything when it is asked.
registerProcessor(
  "recorder",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.isOver = false;
      this.port.onmessage = () => {
        const samples = new Float32Array(this.blocks.length * 128);
        for (const [i, block] of this.blocks.entries()) samples.set(block, i * 128);
        this.port.postMessage(samples, [samples.buffer]);
        this.isOver = true;
      };
    }
    process([input]) {
      this.blocks.push(input[0] === undefined ? new Float32Array(128) : input[0].slice());
      return !this.isOver;
    }
  },
);
