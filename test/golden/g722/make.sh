#!/bin/sh
# Makes the golden files again: needs ffmpeg, and the recording in assets/. Run in this folder.
set -eu
ffmpeg -v error -y -i ../../../assets/speech.wav -t 2 -ar 16000 -ac 1 -f s16le speech.s16
ffmpeg -v error -y -f s16le -ar 16000 -ac 1 -i speech.s16 -c:a g722 -f g722 speech.g722
ffmpeg -v error -y -f g722 -i speech.g722 -f s16le speech.decoded.s16
