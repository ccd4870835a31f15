// Of the `formats` module what a call needs: for a page's worker.
export { floatToInt16, int16ToFloat } from "./pcm";
export { mulawEncode, mulawDecode, alawEncode, alawDecode } from "./g711";
export { writeMessage, readMessage } from "./message";
