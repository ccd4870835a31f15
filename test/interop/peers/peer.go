// A stream of 20 ms frames through gorilla/websocket: `peer URL PROTOCOL SECONDS`; prints what came of it as JSON.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

var paths = map[string]string{"json": "/websocket/offer", "binary": "/stream", "twilio": "/telephone/handler", "vonage": "/vonage"}

var protocol string

func payload(n int) []byte {
	count := 160
	if protocol == "vonage" {
		count = 320
	}
	out := make([]byte, count)
	for i := range out {
		if i < 8 {
			out[i] = byte(n>>(4*i)) & 15
		} else {
			out[i] = byte(n*7+i) & 15
		}
	}
	return out
}

func packet(kind, codec byte, n int, rest []byte) []byte {
	head := make([]byte, 12)
	head[0], head[1], head[2] = 1, kind, codec
	binary.LittleEndian.PutUint32(head[4:], uint32(n))
	binary.LittleEndian.PutUint32(head[8:], uint32(n*160))
	return append(head, rest...)
}

func text(value any) []byte {
	out, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return out
}

type object = map[string]any

func starts() (int, [][]byte) {
	switch protocol {
	case "json":
		return websocket.TextMessage, [][]byte{text(object{"event": "start", "websocket_id": "go"})}
	case "binary":
		wire := object{"encoding": "mulaw", "sample_rate": 8000, "frame_ms": 20}
		start := object{"event": "start", "webrtc_id": "go-binary", "format": object{"input": wire, "output": wire}}
		return websocket.BinaryMessage, [][]byte{packet(2, 0, 0, text(start))}
	case "twilio":
		about := object{"streamSid": "MZgo", "callSid": "CA1", "tracks": []string{"inbound"}}
		return websocket.TextMessage, [][]byte{
			text(object{"event": "connected", "protocol": "Call", "version": "1.0.0"}),
			text(object{"event": "start", "sequenceNumber": "1", "streamSid": "MZgo", "start": about}),
		}
	}
	return websocket.TextMessage, [][]byte{text(object{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"})}
}

func media(n int) (int, []byte) {
	switch protocol {
	case "binary":
		return websocket.BinaryMessage, packet(1, 1, n, payload(n))
	case "vonage":
		return websocket.BinaryMessage, payload(n)
	}
	encoded := base64.StdEncoding.EncodeToString(payload(n))
	if protocol == "json" {
		return websocket.TextMessage, text(object{"event": "media", "media": object{"payload": encoded}})
	}
	about := object{"track": "inbound", "chunk": strconv.Itoa(n + 1), "timestamp": strconv.Itoa(n * 20), "payload": encoded}
	return websocket.TextMessage, text(object{"event": "media", "sequenceNumber": strconv.Itoa(n + 2), "streamSid": "MZgo", "media": about})
}

func audioOf(kind int, message []byte) []byte {
	if kind == websocket.BinaryMessage {
		if protocol == "vonage" {
			return message
		}
		if message[1] != 1 {
			return nil
		}
		return message[12:]
	}
	var parsed struct {
		Event string
		Media struct{ Payload string }
	}
	if json.Unmarshal(message, &parsed) != nil || parsed.Event != "media" {
		return nil
	}
	audio, err := base64.StdEncoding.DecodeString(parsed.Media.Payload)
	if err != nil {
		panic(err)
	}
	return audio
}

func main() {
	url := os.Args[1]
	protocol = os.Args[2]
	seconds, _ := strconv.ParseFloat(os.Args[3], 64)
	frames := int(seconds * 50)
	dialer := websocket.Dialer{EnableCompression: true}
	if protocol == "binary" {
		dialer.Subprotocols = []string{"voxwire.v1"}
	}
	socket, _, err := dialer.Dial(url+paths[protocol], nil)
	if err != nil {
		panic(err)
	}
	var pongs atomic.Int64
	socket.SetPongHandler(func(string) error { pongs.Add(1); return nil })
	var received, mismatched atomic.Int64
	closed := make(chan int, 1)
	go func() {
		for {
			kind, message, err := socket.ReadMessage()
			if err != nil {
				code := 1006
				if ended, ok := err.(*websocket.CloseError); ok {
					code = ended.Code
				}
				closed <- code
				return
			}
			if audio := audioOf(kind, message); audio != nil {
				if !bytes.Equal(audio, payload(int(received.Load()))) {
					mismatched.Add(1)
				}
				received.Add(1)
			}
		}
	}()
	kind, messages := starts()
	for _, message := range messages {
		if err := socket.WriteMessage(kind, message); err != nil {
			panic(err)
		}
	}
	began := time.Now()
	sent := 0
	for n := 0; n < frames; n++ {
		time.Sleep(time.Until(began.Add(time.Duration(n) * 20 * time.Millisecond)))
		kind, message := media(n)
		if err := socket.WriteMessage(kind, message); err != nil {
			break
		}
		sent++
		if n%50 == 0 {
			socket.WriteControl(websocket.PingMessage, []byte("go"), time.Now().Add(time.Second))
		}
	}
	for wait := 0; wait < 500 && int(received.Load()) < frames; wait++ {
		time.Sleep(10 * time.Millisecond)
	}
	socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
	code := <-closed
	fmt.Println(string(text(object{"sent": sent, "received": received.Load(), "mismatched": mismatched.Load(), "pongs": pongs.Load(), "closed": code})))
}
