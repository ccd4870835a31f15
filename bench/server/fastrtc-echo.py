"""FastRTC's echo at 8 kHz, as its documentation has it, behind uvicorn: python fastrtc-echo.py PORT"""

import sys

import uvicorn
from fastapi import FastAPI
from fastrtc import AsyncStreamHandler, Stream, wait_for_item
import asyncio


class Echo(AsyncStreamHandler):
    def __init__(self) -> None:
        super().__init__(input_sample_rate=8000, output_sample_rate=8000)
        self.queue: asyncio.Queue = asyncio.Queue()

    async def receive(self, frame) -> None:
        self.queue.put_nowait(frame)

    async def emit(self):
        return await wait_for_item(self.queue)

    def copy(self) -> "Echo":
        return Echo()

    async def start_up(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass


app = FastAPI()
Stream(Echo(), modality="audio", mode="send-receive", concurrency_limit=10000).mount(app)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
