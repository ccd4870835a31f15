// An echo of the JSON protocol as one writes it with gorilla/websocket: JSON parsed by encoding/json, Base64 taken apart,
// mu-law decoded to 16 bits and encoded again, Base64 put together, JSON written. A goroutine for each connection.
package main

import (
	"encoding/base64"
	"encoding/json"
	"log"
	"math/bits"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

type media struct {
	Payload string `json:"payload"`
}

type message struct {
	Event string `json:"event"`
	Media media  `json:"media"`
}

// G.711 mu-law to 16-bit samples.
var linear [256]int16

func init() {
	for code := range linear {
		bits := ^code & 0xff
		value := ((bits&15)<<3+132)<<(bits>>4&7) - 132
		if bits&0x80 != 0 {
			value = -value
		}
		linear[code] = int16(value)
	}
}

func encode(sample int16) byte {
	value, sign := int(sample), 0
	if value < 0 {
		value, sign = -value, 0x80
	}
	value = min(value, 32635) + 132
	segment := bits.Len(uint(value)) - 8
	return byte(^(sign | segment<<4 | value>>(segment+3)&15))
}

func echo(socket *websocket.Conn) {
	defer socket.Close()
	var samples []int16
	for {
		_, data, err := socket.ReadMessage()
		if err != nil {
			return
		}
		var received message
		if json.Unmarshal(data, &received) != nil || received.Event != "media" {
			continue
		}
		audio, err := base64.StdEncoding.DecodeString(received.Media.Payload)
		if err != nil {
			continue
		}
		samples = samples[:0]
		for _, code := range audio {
			samples = append(samples, linear[code])
		}
		for i, sample := range samples {
			audio[i] = encode(sample)
		}
		answer, err := json.Marshal(message{"media", media{base64.StdEncoding.EncodeToString(audio)}})
		if err != nil {
			return
		}
		if socket.WriteMessage(websocket.TextMessage, answer) != nil {
			return
		}
	}
}

func main() {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		socket, err := upgrader.Upgrade(response, request, nil)
		if err == nil {
			echo(socket)
		}
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
