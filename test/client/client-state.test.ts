import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type ClientState,
  type ClientStep,
  type ConnectionState,
  canSend,
  nextState,
} from "../../src/client/client-state.ts";

const STATES: readonly ConnectionState[] = ["connecting", "open", "started", "draining", "closing", "closed"];

/** Where each step leads, by state in the order above; - is nowhere. */
const TABLE: Record<ClientStep, string> = {
  opened: "open - - - - -",
  started: "- started - - - -",
  drain: "- - draining - - -",
  close: "closing closing closing closing - -",
  lost: "closed closed closed closed closed -",
};

for (const [step, row] of Object.entries(TABLE) as [ClientStep, string][]) {
  test(`${step} leads where the table says from every state, and is ignored elsewhere`, () => {
    const found = STATES.map((state) => nextState(state, step) ?? "-").join(" ");
    assert.is(found, row);
  });
}

test("audio is sent between the start and the stop only, and kept while the connection is lost", () => {
  const states: readonly ClientState[] = [...STATES, "reconnecting"];
  assert.equal(states.filter(canSend), ["started", "draining", "reconnecting"]);
});

test.run();
