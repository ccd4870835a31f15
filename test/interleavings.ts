/**
 * Every interleaving of two threads on shared memory, run on the real code: a ring's own source, turned into coroutines
 * that stop before each access to memory that both see.
 *
 * Interleavings that differ only in the order of accesses that do not touch each other (another word, or two reads) are
 * the same to both threads; one of each such class is run (sleep sets, after Godefroid, 1996).
 */
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

/** An access that is about to happen. */
interface Access {
  readonly place: string;
  readonly isWrite: boolean;
}

/** A thread that stops before each access. */
export type Coroutine = Generator<Access, void, void>;

/** Runs `threads()` in every order and calls `check` at the end of each; returns how many there were. */
export function everyInterleaving(
  threads: () => { threads: readonly Coroutine[]; check: () => void },
): number {
  let runs = 0;
  const waiting: { schedule: number[]; asleep: ReadonlySet<number> }[] = [
    { schedule: [], asleep: new Set() },
  ];
  for (let branch = waiting.pop(); branch !== undefined; branch = waiting.pop()) {
    const { threads: running, check } = threads();
    const next = running.map((thread) => thread.next());
    const schedule: number[] = [];
    const step = (i: number): void => {
      schedule.push(i);
      next[i] = running[i]!.next();
    };
    for (const i of branch.schedule) step(i);
    let { asleep } = branch;
    for (;;) {
      const alive = [...running.keys()].filter((i) => next[i]!.done !== true);
      if (alive.length === 0) {
        runs++;
        check();
        break;
      }
      const awake = alive.filter((i) => !asleep.has(i));
      const [chosen, ...others] = awake;
      // all that is left has been run in another order
      if (chosen === undefined) break;
      const accesses = next.map(({ value }) => value as Access);
      const tried = new Set(asleep).add(chosen);
      for (const other of others) {
        waiting.push({ schedule: [...schedule, other], asleep: stillAsleep(tried, other, accesses) });
        tried.add(other);
      }
      asleep = stillAsleep(asleep, chosen, accesses);
      step(chosen);
    }
  }
  return runs;
}

function stillAsleep(
  asleep: ReadonlySet<number>,
  moved: number,
  accesses: readonly Access[],
): ReadonlySet<number> {
  return new Set([...asleep].filter((i) => i !== moved && !touch(accesses[i]!, accesses[moved]!)));
}

function touch(a: Access, b: Access): boolean {
  return a.place === b.place && (a.isWrite || b.isWrite);
}

/** Copies into shared memory, an element at a time. */
function* copyIn(
  memory: ArrayLike<number> & { [i: number]: number },
  from: ArrayLike<number>,
  at: number,
  perWord: number,
) {
  for (let i = 0; i < from.length; i++) {
    yield { place: `word ${Math.floor((at + i) / perWord)}`, isWrite: true };
    memory[at + i] = from[i]!;
  }
}

/** Copies out of shared memory, an element at a time. */
function* copyOut(
  memory: ArrayLike<number>,
  from: number,
  to: number,
  out: { [i: number]: number },
  at: number,
) {
  for (let i = from; i < to; i++) {
    yield { place: `word ${i}`, isWrite: false };
    out[at + i - from] = memory[i]!;
  }
}

/**
 * The class of a source file with the methods named turned into coroutines.
 * @param file from the repository's root
 * @param change makes a mistake on purpose
 */
export async function coroutinesOf<T>(
  file: string,
  className: string,
  methods: readonly string[],
  change: (source: string) => string = (source) => source,
): Promise<T> {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  let { code } = transformSync(change(source), { loader: "ts", target: "es2022" });
  if (/^import /m.test(code))
    throw new Error(`${file} imports values; only files that stand alone can be run so.`);
  for (const method of methods) {
    const begin = code.indexOf(`\n  ${method}(`);
    const end = code.indexOf("\n  }\n", begin);
    if (begin < 0 || end < 0) throw new Error(`${file} has no method ${method}.`);
    code = `${code.slice(0, begin)}\n  *${steps(code.slice(begin + 3, end))}${code.slice(end)}`;
  }
  code = `${code}\nexport const inject = (helpers) => { ({ copyIn, copyOut } = helpers); };\nlet copyIn, copyOut;`;
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  module.inject({ copyIn, copyOut });
  return module[className];
}

/** A method's text with a stop before each access to shared memory. */
function steps(text: string): string {
  return text
    .replace(
      /this\.#samples\.set\(([^;]+), ([^,;]+)\);/g,
      (_, from, at) => `yield* copyIn(this.#samples, ${from}, ${at}, this.perWord);`,
    )
    .replace(
      /out\.set\(this\.#samples\.subarray\(([^,]+), ([^;]+?)\), (\w+)\);/g,
      "yield* copyOut(this.#samples, $1, $2, out, $3);",
    )
    .replace(/Atomics\.(\w+)\(this\.#counters, (\w+)/g, (call, name, counter) => {
      const isWrite = name !== "load";
      return `(yield { place: "${counter}", isWrite: ${isWrite} }, Atomics).${call.slice("Atomics.".length)}`;
    })
    .replace(/this\.#(words|samples)\[([^\]]+)\](?= (=) )?/g, (_, name, index, assigned) => {
      const word = name === "words" ? index : `(${index}) >> 1`;
      return `(yield { place: "word " + (${word}), isWrite: ${assigned === "="} }, this.#${name})[${index}]`;
    });
}
