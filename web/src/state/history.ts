/** Undo and redo of whatever the user does to the chart: zoom and drawing share one history. */
import { signal, type Signal } from "@preact/signals";

/** Something that was done; both ways must leave the state as it was. */
export interface Change {
  undo(): void;
  redo(): void;
}

/** Most changes kept; the oldest are forgotten. */
const KEPT = 100;

export class History {
  readonly canUndo: Signal<boolean> = signal(false);
  readonly canRedo: Signal<boolean> = signal(false);
  private done: Change[] = [];
  private undone: Change[] = [];

  /** Notes a change that has been made. What was undone before can not be redone any more. */
  push(change: Change): void {
    this.done = [...this.done, change].slice(-KEPT);
    this.undone = [];
    this.tell();
  }

  undo(): void {
    const change = this.done.pop();
    if (!change) return;
    change.undo();
    this.undone.push(change);
    this.tell();
  }

  redo(): void {
    const change = this.undone.pop();
    if (!change) return;
    change.redo();
    this.done.push(change);
    this.tell();
  }

  /** Another instrument: nothing done before applies to it. */
  clear(): void {
    this.done = [];
    this.undone = [];
    this.tell();
  }

  private tell(): void {
    this.canUndo.value = this.done.length > 0;
    this.canRedo.value = this.undone.length > 0;
  }
}
