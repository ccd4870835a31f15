#!/bin/sh
# Makes speech.wav anew: espeak-ng 1.51, SoX 14.4.2. Run it in this folder.
set -e
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

say() { # number, voice, speed (words a minute), pitch (0-99), gain (dB), silence after (s), text
  espeak-ng -v "$2" -s "$3" -p "$4" -g 2 -w "$work/$1-raw.wav" "$7"
  # trimmed, brought to 24 kHz, a little less of the harsh upper middle, evened out, then the pause
  sox -D "$work/$1-raw.wav" -b 32 -e float "$work/$1-cut.wav" \
    silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse \
    rate -v 24000 gain -n -3 highpass 70 equalizer 3200 0.8q -4 treble -2 6000 \
    compand 0.004,0.12 6:-60,-60,-24,-15,0,-6 0 -24 0.004 gain -n -3
  sox -D "$work/$1-cut.wav" "$work/$1.wav" fade h 0.01 0 0.03 gain "$5" pad 0 "$6"
}

say 1 en-us+Annie 170 52 -1.5 0.30 "Hello, and welcome to Voxwire."
say 2 en-gb+john 172 44 0 0.40 "Each word you hear has crossed a socket, and come back."
say 3 en-us+Annie 166 60 -1 0.30 "Was anything lost?"
say 4 en-gb+john 156 38 -0.5 0.10 "No, not a single sample."

# one room around both voices, a quiet floor so that pauses are not digital silence, and the peak at -3 dBFS
sox -D "$work"/1.wav "$work"/2.wav "$work"/3.wav "$work"/4.wav "$work/dry.wav" pad 0.25 0
sox -D "$work/dry.wav" "$work/room.wav" gain -6 reverb 14 40 22 100 0 -8
sox -R -D "$work/room.wav" -p synth pinknoise vol 0.0012 > "$work/floor.sox"
sox -D -m -v 1 "$work/room.wav" -v 1 -t sox "$work/floor.sox" -b 16 -e signed-integer speech.wav gain -n -3
