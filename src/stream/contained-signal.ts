/**
 * An abort signal whose listeners may throw. A plain one hands what its listeners throw to the process, which ends all
 * sessions; this one hands it to whoever made it.
 */

/** Takes what a listener has thrown, or what its promise was rejected with. Must not throw. */
export type ListenerReport = (error: unknown) => void;

type Listener = EventListenerOrEventListenerObject;

/** A controller of such a signal. */
export function containedAbort(report: ListenerReport): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const wrappers = new WeakMap<Listener, EventListener>();
  const wrap = (listener: Listener): EventListener => {
    const known = wrappers.get(listener);
    if (known !== undefined) return known;
    const wrapper = (event: Event): void => call(signal, listener, event, report);
    wrappers.set(listener, wrapper);
    return wrapper;
  };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  let onabort: EventListener | null = null;
  Object.defineProperties(signal, {
    addEventListener: {
      // what is no listener is left to the platform to refuse
      value: (type: string, listener: Listener, options?: AddEventListenerOptions | boolean) =>
        add(type, isListener(listener) ? wrap(listener) : listener, options),
    },
    removeEventListener: {
      value: (type: string, listener: Listener, options?: EventListenerOptions | boolean) =>
        remove(type, isListener(listener) ? wrap(listener) : listener, options),
    },
    onabort: {
      get: () => onabort,
      set: (listener: unknown) => {
        if (onabort !== null) remove("abort", wrap(onabort));
        onabort = typeof listener === "function" ? (listener as EventListener) : null;
        if (onabort !== null) add("abort", wrap(onabort));
      },
    },
  });
  return controller;
}

function call(signal: AbortSignal, listener: Listener, event: Event, report: ListenerReport): void {
  try {
    const pending: unknown =
      typeof listener === "function" ? listener.call(signal, event) : listener.handleEvent(event);
    if (pending instanceof Promise) pending.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

function isListener(listener: unknown): boolean {
  return typeof listener === "function" || (typeof listener === "object" && listener !== null);
}
