// The `g711` module: the part of `formats` that a page which speaks G.711 alone needs.
export { floatToInt16, floatToInt16Fastrtc, int16ToFloat, mixInt16, mixFloat, gainInt16, gainFloat } from "../formats/pcm";
export { mulawEncode, mulawDecode, alawEncode, alawDecode } from "../formats/g711";
