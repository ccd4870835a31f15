// A worklet that keeps what it hears: posts everything when it is asked, and how long it was not called at the worst.
registerProcessor(
  "recorder",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.firstFrame = currentFrame;
      this.calledMs = Date.now();
      this.longestMs = 0;
      this.isOver = false;
      this.port.onmessage = () => {
        const samples = new Float32Array(this.blocks.length * 128);
        for (const [i, block] of this.blocks.entries()) samples.set(block, i * 128);
        const { firstFrame, longestMs } = this;
        this.port.postMessage({ samples, firstFrame, longestMs }, [samples.buffer]);
        this.isOver = true;
      };
    }
    process([input]) {
      if (this.blocks.length === 0) this.firstFrame = currentFrame;
      this.blocks.push(input[0] === undefined ? new Float32Array(128) : input[0].slice());
      const nowMs = Date.now();
      this.longestMs = Math.max(this.longestMs, nowMs - this.calledMs);
      this.calledMs = nowMs;
      return !this.isOver;
    }
  },
);
