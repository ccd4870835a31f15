"""A client written only from the FastRTC JSON protocol, for proving that our server speaks it. See README.md here.

usage: plain_client.py URL FILE.wav      16-bit mono WAV at the server's rate; echo server expected
Prints one line of JSON; exits 0 only if the echo is complete and equal to the input after mu-law.
"""

import asyncio
import audioop
import base64
import json
import sys
import time
import uuid
import wave

import websockets

FRAME_MS = 20


async def main(url: str, path: str) -> int:
    with wave.open(path) as wav:
        assert wav.getsampwidth() == 2 and wav.getnchannels() == 1, "16-bit mono, please"
        rate = wav.getframerate()
        pcm = wav.readframes(wav.getnframes())
    step = rate * FRAME_MS // 1000 * 2
    frames = [pcm[at : at + step] for at in range(0, len(pcm), step)]
    sent = b"".join(audioop.lin2ulaw(frame, 2) for frame in frames)
    heard = bytearray()
    round_trips: list[float] = []
    sent_at: list[float] = []
    others: list[dict] = []

    async with websockets.connect(url) as socket:
        await socket.send(json.dumps({"event": "start", "websocket_id": uuid.uuid4().hex}))
        await socket.send(json.dumps({"event": "ping"}))

        async def listen() -> None:
            async for text in socket:
                message = json.loads(text)
                if message.get("event") == "media":
                    heard.extend(base64.b64decode(message["media"]["payload"], validate=True))
                    index = (len(heard) - 1) // (step // 2)
                    round_trips.append(time.perf_counter() - sent_at[min(index, len(sent_at) - 1)])
                    if len(heard) >= len(sent):
                        return
                else:
                    others.append(message)

        listening = asyncio.create_task(listen())
        started = time.perf_counter()
        for number, frame in enumerate(frames):
            await asyncio.sleep(max(0.0, started + number * FRAME_MS / 1000 - time.perf_counter()))
            sent_at.append(time.perf_counter())
            payload = base64.b64encode(audioop.lin2ulaw(frame, 2)).decode()
            await socket.send(json.dumps({"event": "media", "media": {"payload": payload}}))
        try:
            await asyncio.wait_for(listening, 5)
        except asyncio.TimeoutError:
            pass
        await socket.send(json.dumps({"event": "stop"}))
        await socket.wait_closed()

    same = audioop.ulaw2lin(bytes(heard), 2) == audioop.ulaw2lin(sent, 2)
    round_trips.sort()
    tell = lambda share: round(round_trips[int(share * (len(round_trips) - 1))] * 1000, 2) if round_trips else None
    print(
        json.dumps(
            {
                "rate": rate,
                "frames": len(frames),
                "samples_sent": len(sent),
                "samples_heard": len(heard),
                "identical": same,
                "round_trip_ms": {"p50": tell(0.5), "p99": tell(0.99), "max": tell(1)},
                "other_messages": others,
                "close_code": socket.close_code,
            }
        )
    )
    return 0 if same and {"event": "pong"} in others else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2])))
