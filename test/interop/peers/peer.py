"""A stream of 20 ms frames through Python's websockets: `peer.py URL PROTOCOL SECONDS`; prints what came of it as JSON."""
import asyncio
import base64
import json
import struct
import sys
import time

import websockets

url, protocol, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
PATHS = {"json": "/websocket/offer", "binary": "/stream", "twilio": "/telephone/handler", "vonage": "/vonage"}
FRAMES = int(seconds * 50)


def payload(n):
    """320 bytes of L16, or 160 of mu-law whose bytes no codec changes; every frame is another."""
    count = 320 if protocol == "vonage" else 160
    return bytes((n * 7 + i) & 15 if i >= 8 else (n >> (4 * i)) & 15 for i in range(count))


def starts():
    if protocol == "json":
        return [json.dumps({"event": "start", "websocket_id": "python"})]
    if protocol == "binary":
        wire = {"encoding": "mulaw", "sample_rate": 8000, "frame_ms": 20}
        start = {"event": "start", "webrtc_id": "python-binary", "format": {"input": wire, "output": wire}}
        return [struct.pack("<BBBBII", 1, 2, 0, 0, 0, 0) + json.dumps(start).encode()]
    if protocol == "twilio":
        about = {"streamSid": "MZpython", "callSid": "CA1", "tracks": ["inbound"], "customParameters": {}}
        return [
            json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}),
            json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZpython", "start": about}),
        ]
    return [json.dumps({"event": "websocket:connected", "content-type": "audio/l16;rate=8000"})]


def media(n):
    if protocol == "binary":
        return struct.pack("<BBBBII", 1, 1, 1, 0, n, n * 160) + payload(n)
    if protocol == "vonage":
        return payload(n)
    text = base64.b64encode(payload(n)).decode()
    if protocol == "json":
        return json.dumps({"event": "media", "media": {"payload": text}})
    about = {"track": "inbound", "chunk": str(n + 1), "timestamp": str(n * 20), "payload": text}
    return json.dumps({"event": "media", "sequenceNumber": str(n + 2), "streamSid": "MZpython", "media": about})


def audio_of(message):
    """The audio of a message, or None where it is another."""
    if isinstance(message, bytes):
        if protocol == "vonage":
            return message
        return message[12:] if message[1] == 1 else None
    parsed = json.loads(message)
    return base64.b64decode(parsed["media"]["payload"]) if parsed.get("event") == "media" else None


async def main():
    result = {"sent": 0, "received": 0, "mismatched": 0, "pongs": 0, "closed": 0}
    subprotocols = ["voxwire.v1"] if protocol == "binary" else None
    async with websockets.connect(url + PATHS[protocol], subprotocols=subprotocols) as socket:
        for message in starts():
            await socket.send(message)
        done = asyncio.Event()

        async def listen():
            async for message in socket:
                audio = audio_of(message)
                if audio is None:
                    continue
                if audio != payload(result["received"]):
                    result["mismatched"] += 1
                result["received"] += 1
                if result["received"] == FRAMES:
                    done.set()

        listening = asyncio.create_task(listen())
        began = time.monotonic()
        for n in range(FRAMES):
            await asyncio.sleep(max(0, began + n * 0.02 - time.monotonic()))
            message = media(n)
            # every tenth in three fragments
            third = len(message) // 3
            parts = [message[:third], message[third : 2 * third], message[2 * third :]]
            await socket.send(parts if n % 10 == 9 else message)
            result["sent"] += 1
            if n % 50 == 0:
                await (await socket.ping())
                result["pongs"] += 1
        try:
            await asyncio.wait_for(done.wait(), 5)
        except asyncio.TimeoutError:
            pass
        await socket.close()
        listening.cancel()
        result["closed"] = socket.close_code
    print(json.dumps(result))


asyncio.run(main())
