// The `formats` module: sample formats, G.711, Base64 and the messages made of them.
export { floatToInt16, floatToInt16Fastrtc, int16ToFloat, mixInt16, mixFloat, gainInt16, gainFloat } from "./pcm";
export { mulawEncode, mulawDecode, alawEncode, alawDecode } from "./g711";
export { base64Encode, base64Decode } from "./base64";
export { writeMessage, readMessage } from "./message";
