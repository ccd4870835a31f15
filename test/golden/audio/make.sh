#!/bin/sh
# Makes the files of this folder anew: ffmpeg 5.1, SoX 14.4.2. Run it here.
set -e
F="ffmpeg -v error -y -bitexact"
# 50 ms at 8 kHz, left 440 Hz at half scale, right 880 Hz at a quarter; 0.4 s at 48 kHz for the compressed ones
TONE="-f lavfi -i aevalsrc=0.5*sin(2*PI*440*t)|0.25*sin(2*PI*880*t):s=8000:d=0.05"
MONO="-f lavfi -i aevalsrc=0.5*sin(2*PI*440*t):s=48000:d=0.4"
BOTH="-f lavfi -i aevalsrc=0.5*sin(2*PI*440*t)|0.25*sin(2*PI*880*t):s=48000:d=0.4"
SIX="-f lavfi -i aevalsrc=0.1*sin(2*PI*200*t)|0.1*sin(2*PI*300*t)|0.1*sin(2*PI*400*t)|0.1*sin(2*PI*500*t)|0.1*sin(2*PI*600*t)|0.1*sin(2*PI*700*t):s=48000:d=0.01"

# each encoding, and what ffmpeg decodes it to
for e in u8 s16le s24le s32le f32le f64le mulaw alaw; do
  $F $TONE -c:a pcm_$e ffmpeg-$e.wav
  $F -i ffmpeg-$e.wav -f f32le -c:a pcm_f32le ffmpeg-$e.f32
done
# containers and chunks around the 16-bit one
$F -i ffmpeg-s16le.wav -c copy -rf64 always ffmpeg-rf64.wav
ffmpeg -v error -y -i ffmpeg-s16le.wav -c copy -metadata title=Tone -metadata artist=abc ffmpeg-list.wav
$F -i ffmpeg-s16le.wav -c copy -write_bext 1 -metadata description=tone ffmpeg-bext.wav
$F -i ffmpeg-s16le.wav -c copy -f wav pipe: | cat > ffmpeg-pipe.wav
$F $SIX -c:a pcm_s16le ffmpeg-six.wav
$F -i ffmpeg-six.wav -f f32le -c:a pcm_f32le ffmpeg-six.f32
# the same samples by SoX
sox -D ffmpeg-s16le.wav sox-s16.wav
sox -D ffmpeg-s24le.wav sox-s24.wav
sox -D ffmpeg-s32le.wav sox-s32.wav
sox -D ffmpeg-s16le.wav -e float -b 32 sox-f32.wav
sox -D ffmpeg-s16le.wav -e float -b 64 sox-f64.wav
sox -D ffmpeg-mulaw.wav -e mu-law sox-mulaw.wav
sox -D ffmpeg-alaw.wav -e a-law sox-alaw.wav
sox -D ffmpeg-u8.wav sox-u8.wav
sox -D ffmpeg-s16le.wav -t wav - | cat > sox-pipe.wav
sox -D ffmpeg-s16le.wav -t wavpcm sox-wavpcm.wav
# not read: an ADPCM, and AIFF
$F $TONE -c:a adpcm_ima_wav ffmpeg-adpcm.wav
sox -D ffmpeg-s16le.wav sox.aiff
# compressed
for n in mono stereo; do
  if [ $n = mono ]; then IN="$MONO"; else IN="$BOTH"; fi
  $F $IN -c:a flac -sample_fmt s16 $n.flac
  $F $IN -c:a libmp3lame -b:a 160k $n.mp3
  $F $IN -c:a libvorbis -q:a 3 $n.ogg
  $F $IN -c:a libopus -b:a 48k $n.opus
  $F $IN -c:a aac -b:a 160k $n.m4a
  $F $IN -c:a aac -b:a 160k -movflags +faststart $n-faststart.m4a
  $F $IN -c:a aac -b:a 160k -f adts $n.aac
done
$F $MONO -c:a flac -sample_fmt s16 -f ogg flac.oga
# lossless, against the oracles of the WAV files they are made from
sox -D ffmpeg-u8.wav sox-8.flac
sox -D ffmpeg-s16le.wav sox-16.flac
sox -D ffmpeg-s24le.wav sox-24.flac
# 20 times the tone in frames of 64 samples: many frame headers
sox -D ffmpeg-s16le.wav long.wav repeat 19
$F -i long.wav -c:a flac -frame_size 64 frames.flac
rm long.wav
