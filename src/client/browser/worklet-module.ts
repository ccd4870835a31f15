/** Brings the worklet's file into a context, once. */
import { VoxwireError } from "../../core/errors.ts";
import { sharedSource } from "./generated/shared-source.ts";
import { workletSource } from "./generated/worklet-source.ts";
import { noWorklets } from "./page-context.ts";

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * Resolves when the processors can be used in `context`.
 * @param url where the file is, for pages whose policy forbids `blob:`; default the embedded one
 * @throws VoxwireError `ERR_BROWSER`, `ERR_WORKER`
 */
export function loadWorklet(context: BaseAudioContext, url?: string | URL): Promise<void> {
  let loading = loaded.get(context);
  if (loading === undefined) {
    loading = load(context, url);
    loaded.set(context, loading);
    loading.catch(() => loaded.delete(context));
  }
  return loading;
}

async function load(context: BaseAudioContext, url: string | URL | undefined): Promise<void> {
  if (context.audioWorklet === undefined) throw noWorklets();
  const script =
    url === undefined
      ? URL.createObjectURL(new Blob([sharedSource, workletSource], { type: "text/javascript" }))
      : String(url);
  try {
    await context.audioWorklet.addModule(script);
  } catch (cause) {
    throw new VoxwireError(
      "ERR_WORKER",
      `The worklet could not be loaded${url === undefined ? "" : ` from ${url}`}.`,
      {
        hint:
          url === undefined
            ? "Does the page's policy forbid blob: scripts? Serve voxwire/worklet.js yourself and give its address as workletUrl."
            : "Serve the file voxwire/worklet.js of the package there, as text/javascript.",
        cause,
      },
    );
  } finally {
    if (url === undefined) URL.revokeObjectURL(script);
  }
}
