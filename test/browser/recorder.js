// A worklet that keeps what it hears: posts everything when it is asked, and how long it was not called at the worst.
registerProcessor(
  "recorder",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.firstFrame = 0;
      this.nextFrame = 0;
      this.missed = 0;
      this.wholeFrom = 0;
      this.calledMs = Date.now();
      this.longestMs = 0;
      this.isOver = false;
      this.port.onmessage = () => {
        const samples = new Float32Array(this.nextFrame - this.firstFrame);
        for (const { frame, block } of this.blocks) samples.set(block, frame - this.firstFrame);
        const { firstFrame, longestMs, missed, wholeFrom } = this;
        this.port.postMessage({ samples, firstFrame, longestMs, missed, wholeFrom }, [samples.buffer]);
        this.isOver = true;
      };
    }
    process([input]) {
      if (this.blocks.length === 0) this.firstFrame = this.nextFrame = currentFrame;
      // a browser that has too much to do passes it over
      this.missed += currentFrame - this.nextFrame;
      if (currentFrame !== this.nextFrame) this.wholeFrom = currentFrame;
      this.nextFrame = currentFrame + 128;
      const block = input[0] === undefined ? new Float32Array(128) : input[0].slice();
      this.blocks.push({ frame: currentFrame, block });
      const nowMs = Date.now();
      this.longestMs = Math.max(this.longestMs, nowMs - this.calledMs);
      this.calledMs = nowMs;
      return !this.isOver;
    }
  },
);
