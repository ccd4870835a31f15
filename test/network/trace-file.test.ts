/** Networks from files: the three forms, and what is said of a file that is none. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createNetwork, createNetworkPath, NEVER, parseNetwork } from "../../src/network.ts";

test("a delay on each line, lost messages, comments and empty lines", () => {
  assert.equal(parseNetwork("# of a train\n20\n\n 25.5 # late\nlost\r\n30"), {
    delaysMs: [20, 25.5, null, 30],
  });
});

test("CSV: the column with the delays, wherever it is", () => {
  assert.equal(parseNetwork('seq,sent_ms,delay_ms\n1,0,20\n2,20,lost\n3,40,"31"'), {
    delaysMs: [20, null, 31],
  });
  assert.equal(parseNetwork("delay\n20\n21"), { delaysMs: [20, 21] });
});

test("JSON: an array of delays, a trace, a profile", () => {
  assert.equal(parseNetwork('[20, null, "lost", 30]'), { delaysMs: [20, null, null, 30] });
  assert.equal(parseNetwork('{"delaysMs":[1],"isOrdered":true}'), { delaysMs: [1], isOrdered: true });
  assert.equal(parseNetwork('{"delayMs":5,"loss":{"percent":3}}'), { delayMs: 5, loss: { percent: 3 } });
});

test("a trace is gone through message by message and then begins anew; in order where it says so", () => {
  const path = createNetworkPath({ delaysMs: [10, null, 50, 5], isOrdered: true });
  const arrivals = [0, 20, 40, 60, 80].map((ms) => path.send(ms, 100));
  assert.equal(arrivals, [10, NEVER, 90, 90, 90]);
});

const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
  ["20\n21\nfast", /Line 3 .*"fast"/],
  ["20\n-5", /Line 2 .*"-5"/],
  ["1,2\n3,4", /Line 1 .*heading with a column delay_ms/],
  ["", /expected delays in ms|delaysMs/],
  ["lost\nlost", /loses every message/],
  ["{", /begins as JSON but is none/],
  ['{"delayMs":-1}', /network\.delayMs is -1/],
  ['{"delayMs":1,"los":{"percent":1}}', /has "los"/],
  ['{"delayMs":1,"loss":{"percent":101}}', /network\.loss\.percent is 101/],
  ['{"delayMs":1,"loss":{}}', /network\.loss\.percent is undefined/],
  ['{"delayMs":1,"jitter":{"kind":"pink","ms":3}}', /network\.jitter\.kind is "pink"/],
  ['[20, "soon"]', /delaysMs\[1\] is "soon"/],
];

for (const [text, message] of WRONG) {
  test(`said of ${JSON.stringify(text)}: what is wrong`, () => {
    assert.throws(
      () => parseNetwork(text),
      (error: { code: string; message: string; hint: string }) =>
        error.code === "ERR_CONFIG" && message.test(error.message) && error.hint !== "",
    );
  });
}

test("a name that is not known lists those that are", () => {
  assert.throws(() => createNetwork("wify"), /network is "wify"; expected one of clean, wifi/);
  assert.throws(() => createNetwork("wifi", { seed: 1.5 }), /seed is 1.5/);
  assert.throws(() => createNetwork("wifi", { way: "left" as "up" }), /way is "left"/);
});

test.run();
