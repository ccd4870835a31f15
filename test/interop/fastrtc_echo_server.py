"""An echo server on the real FastRTC, for proving that our client speaks its protocol. See README.md here.

usage: fastrtc_echo_server.py PORT [INPUT_RATE] [OUTPUT_RATE]
"""

import asyncio
import sys

import numpy as np
import uvicorn
from fastapi import FastAPI
from fastrtc import AsyncStreamHandler, Stream

PORT = int(sys.argv[1])
INPUT_RATE = int(sys.argv[2]) if len(sys.argv) > 2 else 24000
OUTPUT_RATE = int(sys.argv[3]) if len(sys.argv) > 3 else INPUT_RATE


class Echo(AsyncStreamHandler):
    def __init__(self) -> None:
        super().__init__("mono", output_sample_rate=OUTPUT_RATE, input_sample_rate=INPUT_RATE)
        self.queue: asyncio.Queue = asyncio.Queue()

    def copy(self) -> "Echo":
        return Echo()

    async def start_up(self) -> None:
        pass

    async def receive(self, frame: tuple[int, np.ndarray]) -> None:
        self.queue.put_nowait(frame)

    async def emit(self):
        return await self.queue.get()


app = FastAPI()
Stream(Echo(), modality="audio", mode="send-receive", concurrency_limit=10).mount(app)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
