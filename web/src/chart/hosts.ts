/** Elements that the stage draws in. */
export interface Hosts {
  readonly chart: HTMLElement;
  readonly heat: HTMLCanvasElement;
  readonly profile: HTMLCanvasElement;
  readonly lens: HTMLCanvasElement;
}
