/** The real binary: loopback venues, and a server that is live on them. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const BINARY = fileURLToPath(new URL("../../../halcyon", import.meta.url));

/** Why the real binary cannot be run, null where it can. */
export const unbuilt = existsSync(BINARY) ? null : `nothing at ${BINARY}; run make build first`;

/** A suite that is skipped where there is a reason to. The reason is printed: of what it skips the reporter tells no more than the number. */
export function describeUnless(reason: string | null, name: string, suite: () => void): void {
  if (reason !== null) console.warn(`SKIPPED ${name}: ${reason}`);
  describe.skipIf(reason !== null)(name, suite);
}

/** A process of the binary that says where it serves. */
export interface Running {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it and waits for that; SIGKILL is kill -9. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a command of the binary and waits until it tells its address. */
export async function run(...args: string[]): Promise<Running> {
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (address) resolve(address[0]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`halcyon ${args.join(" ")} ended with ${code}: ${said}`)));
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    url, process: child,
    stop: (signal = "SIGINT") => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A folder that is gone after the tests. */
export function scratch(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "halcyon-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
