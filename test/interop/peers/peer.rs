//! A stream of 20 ms frames through tungstenite: `peer URL PROTOCOL SECONDS`; prints what came of it as JSON.
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::time::{Duration, Instant};
use tungstenite::{client::IntoClientRequest, stream::MaybeTlsStream, Error, Message};

fn payload(protocol: &str, n: usize) -> Vec<u8> {
    let count = if protocol == "vonage" { 320 } else { 160 };
    (0..count)
        .map(|i| if i < 8 { ((n >> (4 * i)) & 15) as u8 } else { ((n * 7 + i) & 15) as u8 })
        .collect()
}

fn packet(kind: u8, codec: u8, n: usize, rest: &[u8]) -> Vec<u8> {
    let mut out = vec![1, kind, codec, 0];
    out.extend((n as u32).to_le_bytes());
    out.extend((n as u32 * 160).to_le_bytes());
    out.extend(rest);
    out
}

fn text(value: Value) -> Message {
    Message::text(value.to_string())
}

fn starts(protocol: &str) -> Vec<Message> {
    match protocol {
        "json" => vec![text(json!({"event": "start", "websocket_id": "rust"}))],
        "binary" => {
            let wire = json!({"encoding": "mulaw", "sample_rate": 8000, "frame_ms": 20});
            let start = json!({"event": "start", "webrtc_id": "rust-binary", "format": {"input": wire, "output": wire}});
            vec![Message::binary(packet(2, 0, 0, start.to_string().as_bytes()))]
        }
        "twilio" => vec![
            text(json!({"event": "connected", "protocol": "Call", "version": "1.0.0"})),
            text(json!({"event": "start", "sequenceNumber": "1", "streamSid": "MZrust",
                "start": {"streamSid": "MZrust", "callSid": "CA1", "tracks": ["inbound"]}})),
        ],
        _ => vec![text(json!({"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}))],
    }
}

fn media(protocol: &str, n: usize) -> Message {
    let audio = payload(protocol, n);
    match protocol {
        "binary" => Message::binary(packet(1, 1, n, &audio)),
        "vonage" => Message::binary(audio),
        "json" => text(json!({"event": "media", "media": {"payload": STANDARD.encode(audio)}})),
        _ => text(json!({"event": "media", "sequenceNumber": (n + 2).to_string(), "streamSid": "MZrust",
            "media": {"track": "inbound", "chunk": (n + 1).to_string(), "timestamp": (n * 20).to_string(),
                "payload": STANDARD.encode(audio)}})),
    }
}

fn audio_of(protocol: &str, message: &Message) -> Option<Vec<u8>> {
    match message {
        Message::Binary(bytes) if protocol == "vonage" => Some(bytes.to_vec()),
        Message::Binary(bytes) if bytes[1] == 1 => Some(bytes[12..].to_vec()),
        Message::Text(text) => {
            let parsed: Value = serde_json::from_str(text.as_str()).expect("JSON");
            if parsed["event"] != "media" {
                return None;
            }
            Some(STANDARD.decode(parsed["media"]["payload"].as_str()?).expect("Base64"))
        }
        _ => None,
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (url, protocol) = (&arguments[1], arguments[2].as_str());
    let frames = (arguments[3].parse::<f64>().unwrap() * 50.0) as usize;
    let path = match protocol {
        "json" => "/websocket/offer",
        "binary" => "/stream",
        "twilio" => "/telephone/handler",
        _ => "/vonage",
    };
    let mut request = format!("{url}{path}").into_client_request().unwrap();
    if protocol == "binary" {
        request.headers_mut().insert("Sec-WebSocket-Protocol", "voxwire.v1".parse().unwrap());
    }
    let (mut socket, _) = tungstenite::connect(request).expect("a connection");
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        stream.set_nodelay(true).unwrap();
    }
    for message in starts(protocol) {
        socket.send(message).unwrap();
    }
    let (mut sent, mut received, mut mismatched, mut pongs, mut closed) = (0, 0, 0, 0, 0u16);
    let began = Instant::now();
    let over = Duration::from_millis(frames as u64 * 20 + 5000);
    while began.elapsed() < over && closed == 0 {
        while sent < frames && began.elapsed() >= Duration::from_millis(sent as u64 * 20) {
            socket.send(media(protocol, sent)).unwrap();
            if sent % 50 == 0 {
                socket.send(Message::Ping(b"rust".to_vec().into())).unwrap();
            }
            sent += 1;
        }
        match socket.read() {
            Ok(Message::Pong(_)) => pongs += 1,
            Ok(Message::Close(frame)) => closed = frame.map_or(1005, |frame| frame.code.into()),
            Ok(message) => {
                if let Some(audio) = audio_of(protocol, &message) {
                    mismatched += usize::from(audio != payload(protocol, received));
                    received += 1;
                    if received == frames {
                        let normal = tungstenite::protocol::frame::coding::CloseCode::Normal;
                        let frame = tungstenite::protocol::CloseFrame { code: normal, reason: "".into() };
                        socket.close(Some(frame)).unwrap();
                    }
                }
            }
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => closed = 1006,
        }
    }
    println!("{}", json!({"sent": sent, "received": received, "mismatched": mismatched, "pongs": pongs, "closed": closed}));
}
