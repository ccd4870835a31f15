//! An echo of the JSON protocol as one writes it with tokio-tungstenite: JSON parsed by serde_json into borrowed fields,
//! Base64 taken apart, mu-law decoded to 16 bits and encoded again, Base64 put together, JSON written. One thread.
use base64::{engine::general_purpose::STANDARD, Engine};
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{accept_async, tungstenite::Message};

#[derive(Deserialize, Serialize)]
struct Media<'a> {
    #[serde(borrow)]
    payload: Cow<'a, str>,
}

#[derive(Deserialize, Serialize)]
struct Event<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    media: Option<Media<'a>>,
}

/// G.711 mu-law to 16-bit samples.
const fn linear() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let bits = !code & 0xff;
        let value = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
        table[code as usize] = if bits & 0x80 != 0 { -value } else { value } as i16;
        code += 1;
    }
    table
}

static LINEAR: [i16; 256] = linear();

fn encode(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let value = i32::from(sample).abs().min(32_635) + 132;
    let segment = 24 - value.leading_zeros() as i32;
    !((sign | segment << 4 | value >> (segment + 3) & 15) as u8)
}

/// The answer to a message, if it has one.
fn answer(text: &str, samples: &mut Vec<i16>) -> Option<String> {
    let Event { event, media } = serde_json::from_str(text).ok()?;
    if event != "media" {
        return None;
    }
    let mut audio = STANDARD.decode(media?.payload.as_bytes()).ok()?;
    samples.clear();
    samples.extend(audio.iter().map(|&code| LINEAR[usize::from(code)]));
    for (code, &sample) in audio.iter_mut().zip(samples.iter()) {
        *code = encode(sample);
    }
    let media = Some(Media { payload: STANDARD.encode(&audio).into() });
    serde_json::to_string(&Event { event, media }).ok()
}

async fn echo(stream: TcpStream) {
    let Ok(()) = stream.set_nodelay(true) else { return };
    let Ok(mut socket) = accept_async(stream).await else { return };
    let mut samples = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        if let Some(reply) = answer(text.as_str(), &mut samples) {
            if socket.send(Message::text(reply)).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port that is free");
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(echo(stream));
    }
}
