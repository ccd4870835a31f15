/** From what a person passes as `handler` to a maker of handlers, one for each client. */
import { checkNumber, checkOneOf, show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray } from "../core/types.ts";
import { EchoHandler } from "./echo-handler.ts";
import { type GeneratorFunction, GeneratorHandler, type HandlerDefaults } from "./generator-handler.ts";
import { type AnyHandler, StreamHandler } from "./handler.ts";
import { isThenable } from "./thenable.ts";

/** A class whose objects are handlers and that needs no arguments. */
export type HandlerClass = new () => AnyHandler;

/** Makes a handler for each client. */
export type HandlerFactory = () => AnyHandler;

/**
 * A handler: an instance (copied for each client), a class, a factory, or an async generator function. (Where a compiler
 * rewrites async generators into plain functions, pass `new GeneratorHandler(function)`.)
 * @typeParam S what a generator function's frames hold, so that its `session` needs no annotation
 */
export type HandlerSource<S extends SampleArray = SampleArray> =
  | AnyHandler
  | StreamHandler<SampleArray>
  | HandlerClass
  | HandlerFactory
  | (S extends SampleArray ? GeneratorFunction<S> : never);

/** Makes one client's handler, with what it leaves open filled in. Throws what the factory or `copy` throws. */
export type HandlerMaker = () => AnyHandler;

const SHAPE_HINT =
  "Pass an instance or a subclass of StreamHandler, a function that returns one, or an async function* (session).";

const METHODS = ["receive", "emit", "copy"] as const;

/**
 * Checks `source` and `defaults` at once, so that a mistake shows when the server starts and not with the first call; what
 * a class or a factory makes can only be checked when it is made.
 */
export function resolveHandler(source: HandlerSource, defaults: HandlerDefaults = {}): HandlerMaker {
  checkDefaults(defaults);
  const make = makerOf(source, defaults);
  const given = new WeakSet<object>();
  return () => {
    const handler = checkHandler(make());
    if (given.has(handler) || handler === source) throw sharedHandler(isHandler(source));
    given.add(handler);
    return fill(handler, defaults);
  };
}

function makerOf(source: HandlerSource, defaults: HandlerDefaults): () => unknown {
  if (isHandler(source)) {
    checkHandler(source);
    checkDefaults(source);
    return () => source.copy();
  }
  if (typeof source !== "function") throw noHandler(`handler is ${show(source)}`);
  if (source.prototype instanceof StreamHandler || isHandlerLike(source.prototype)) {
    const Class = source as HandlerClass;
    return () => new Class();
  }
  const name = source.name === "" ? "handler" : `handler ${source.name}`;
  if (/^class\b/.test(Function.prototype.toString.call(source)))
    throw noHandler(`${name} is a class that does not extend StreamHandler`);
  switch (Object.prototype.toString.call(source)) {
    case "[object AsyncGeneratorFunction]":
      return () => new GeneratorHandler(source as unknown as GeneratorFunction<never>, defaults);
    case "[object AsyncFunction]":
      throw noHandler(`${name} is an async function`);
    case "[object GeneratorFunction]":
      throw noHandler(`${name} is a generator that is not async`);
  }
  return () => (source as HandlerFactory)();
}

function checkHandler(handler: unknown): AnyHandler {
  if (isThenable(handler)) throw promisedHandler(handler);
  if (!isHandler(handler)) throw noHandler(`The handler factory returned ${show(handler)}`);
  const missing = METHODS.filter((method) => typeof handler[method] !== "function");
  if (missing.length > 0) throw noHandler(`${show(handler)} has no ${missing.join(", no ")}`);
  return handler;
}

function noHandler(seen: string): ConfigError {
  return new ConfigError("ERR_CONFIG", `${seen}; expected a handler.`, { hint: SHAPE_HINT });
}

/** An async `copy` or factory. What it rejects with must not end the process: nobody else will look at the promise. */
function promisedHandler(promise: PromiseLike<unknown>): ConfigError {
  Promise.resolve(promise).then(undefined, () => {});
  return new ConfigError(
    "ERR_CONFIG",
    `copy() or the handler factory returned ${show(promise)}; expected a handler.`,
    {
      hint: "Make the handler at once, and do what has to be waited for in startUp, which may be async.",
    },
  );
}

function sharedHandler(isCopied: boolean): ConfigError {
  const maker = isCopied ? "copy()" : "The handler factory";
  return new ConfigError(
    "ERR_CONFIG",
    `${maker} returned a handler that another client has; clients would hear each other.`,
    { hint: "Return a new handler each time." },
  );
}

/** A handler by its shape: a second copy of this package must not turn a handler away. */
function isHandler(value: unknown): value is AnyHandler {
  return (
    value instanceof StreamHandler || (typeof value === "object" && value !== null && isHandlerLike(value))
  );
}

function isHandlerLike(value: unknown): boolean {
  const candidate = value as Partial<AnyHandler> | null | undefined;
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    typeof candidate.receive === "function" &&
    typeof candidate.emit === "function" &&
    typeof candidate.copy === "function"
  );
}

/** The echo always follows the wire; what others leave open is filled in. */
function fill(handler: AnyHandler, defaults: HandlerDefaults): AnyHandler {
  if (!(handler instanceof EchoHandler)) {
    handler.inputRate ??= defaults.inputRate;
    handler.outputRate ??= defaults.outputRate;
  }
  handler.frameMs ??= defaults.frameMs;
  // a subclass of StreamHandler has stated its format by being one
  handler.sampleFormat ??= defaults.sampleFormat ?? "int16";
  checkDefaults(handler);
  return handler;
}

function checkDefaults(values: HandlerDefaults): void {
  if (values.inputRate !== undefined) checkSampleRate("inputRate", values.inputRate);
  if (values.outputRate !== undefined) checkSampleRate("outputRate", values.outputRate);
  if (values.frameMs !== undefined) checkNumber("frameMs", values.frameMs, 5, 500);
  if (values.sampleFormat !== undefined)
    checkOneOf("sampleFormat", values.sampleFormat, ["int16", "float32"]);
}
