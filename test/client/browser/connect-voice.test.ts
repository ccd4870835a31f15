import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../../src/client/browser/connect-voice.ts";
import { g722 } from "../../../src/codecs.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import { createNetwork } from "../../../src/network.ts";

/** How a call from JavaScript fails, whose options no type has checked. */
async function failure(options: object): Promise<unknown> {
  return connect("wss://voice.example.com", options).then(
    () => assert.unreachable("it connected"),
    (error: unknown) => error,
  );
}

test("options that cannot pass to the worker are refused by name, and told where they are taken", async () => {
  const given = {
    codecs: [g722],
    network: createNetwork("wifi"),
    dsp: {},
    clock: {},
    socketFactory: () => {},
  };
  for (const [name, value] of Object.entries(given)) {
    const error = await failure({ [name]: value });
    if (!(error instanceof ConfigError)) throw error;
    assert.is(error.code, "ERR_CONFIG");
    assert.match(error.message, name);
    assert.match(error.hint, "voxwire/client");
  }
});

test("numbers out of range are refused before anything is started", async () => {
  for (const options of [{ marginMs: -1 }, { maxLagMs: 50 }, { statsMs: 5 }]) {
    assert.is(((await failure(options)) as ConfigError).code, "ERR_CONFIG");
  }
});

test.run();
