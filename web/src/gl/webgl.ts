/** Painter on WebGL2: cells stay integers on the card, their tones beside them; a frame is one draw a pass. */
import { Program } from "./program";
import { MAP_FRAGMENT, MAP_VERTEX } from "./shader";
import type { Look, Painter, Pass, Scene } from "./scene";
import { Row, type GL } from "./textures";
import { Tones } from "./tones";

const UNITS = { tones: 0, columnSpans: 1, rowSpans: 2, palette: 3 };
const UNIFORMS = ["size", "blockSize", "threshold", "ground", "undefinedColour"] as const;
/** Integers of one quad: box, place, layer. */
const QUAD = 9;

/** Everything that dies with a lost context. */
interface Resources {
  readonly program: Program<(typeof UNIFORMS)[number]>;
  readonly tones: Tones;
  readonly vertices: WebGLVertexArrayObject;
  readonly quads: WebGLBuffer;
  readonly palette: Row;
  /** Span textures by pass number: two resolutions are on screen at most for a moment. */
  readonly spans: { columns: Row; rows: Row }[];
}

/**
 * Opens a painter of blocks of `size` on a canvas, or returns null where there
 * is no WebGL2. `onRestored` is called when a lost context is back: everything
 * is uploaded again by the next draw.
 */
export function openWebgl(canvas: HTMLCanvasElement, size: number, toneSource: string, onRestored: () => void): Painter | null {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, stencil: false, powerPreference: "low-power" });
  return gl ? new WebglPainter(canvas, gl, () => build(gl, size, toneSource), size, onRestored) : null;
}

class WebglPainter implements Painter {
  readonly kind = "webgl2";
  private resources: Resources | null;
  /** Bytes of rows, and of blocks and tables before the context was lost. */
  private sent = 0;
  private quads = new Int32Array(0);
  private readonly lost = (event: Event): void => {
    event.preventDefault();
    this.sent = this.uploaded;
    this.resources = null;
  };
  private readonly restored = (): void => {
    this.resources = this.build();
    this.onRestored();
  };

  constructor(private readonly canvas: HTMLCanvasElement, private readonly gl: GL, private readonly build: () => Resources, private readonly size: number, private readonly onRestored: () => void) {
    this.resources = build();
    gl.flush();
    canvas.addEventListener("webglcontextlost", this.lost);
    canvas.addEventListener("webglcontextrestored", this.restored);
  }

  get uploaded(): number {
    return this.sent + (this.resources?.tones.sent ?? 0);
  }

  draw(scene: Scene): void {
    const { gl, canvas, resources } = this;
    if (!resources || gl.isContextLost()) return;
    if (canvas.width !== scene.width || canvas.height !== scene.height) {
      canvas.width = scene.width;
      canvas.height = scene.height;
    }
    resources.tones.prepare(scene.passes.flatMap((pass) => pass.placed), scene.look);
    this.setLook(resources, scene);
    scene.passes.forEach((pass, i) => this.drawPass(resources, pass, i));
  }

  warm(ground: Look["ground"]): void {
    this.draw({ width: 1, height: 1, passes: [emptyPass(this.size)], look: { ...EMPTY_LOOK, ground, undefinedColour: ground } });
    // Otherwise the driver would hear of it only together with the first frame.
    this.gl.flush();
  }

  dispose(): void {
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.restored);
    this.resources = null;
    // Everything on the card goes with it. Browsers keep few contexts, and would take away a living one for the next chart.
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private setLook({ program, vertices, tones, palette }: Resources, { width, height, look }: Scene): void {
    const { gl } = this, rgb = (colour: readonly [number, number, number]): [number, number, number] => [colour[0] / 255, colour[1] / 255, colour[2] / 255];
    gl.viewport(0, 0, width, height);
    gl.clearColor(...rgb(look.ground), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const at = program.use();
    gl.bindVertexArray(vertices);
    gl.activeTexture(gl.TEXTURE0 + UNITS.palette);
    this.sent += palette.hold(look.palette);
    gl.activeTexture(gl.TEXTURE0 + UNITS.tones);
    tones.bind();
    gl.uniform2f(at.size, width, height);
    gl.uniform1i(at.blockSize, this.size);
    gl.uniform1f(at.threshold, look.threshold);
    gl.uniform3f(at.ground, ...rgb(look.ground));
    gl.uniform3f(at.undefinedColour, ...rgb(look.undefinedColour));
  }

  private drawPass(resources: Resources, pass: Pass, index: number): void {
    const { gl } = this, spans = (resources.spans[index] ??= { columns: new Row(gl, "spans"), rows: new Row(gl, "spans") });
    const count = this.fillQuads(resources.tones, pass);
    if (count === 0) return;
    gl.activeTexture(gl.TEXTURE0 + UNITS.columnSpans);
    this.sent += spans.columns.hold(pass.columns);
    gl.activeTexture(gl.TEXTURE0 + UNITS.rowSpans);
    this.sent += spans.rows.hold(pass.rows);
    gl.bindBuffer(gl.ARRAY_BUFFER, resources.quads);
    gl.bufferData(gl.ARRAY_BUFFER, this.quads, gl.STREAM_DRAW, 0, count * QUAD);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
  }

  /** Writes the quads of a pass, and returns how many there are. */
  private fillQuads(tones: Tones, { placed }: Pass): number {
    if (this.quads.length < placed.length * QUAD) this.quads = new Int32Array(2 * placed.length * QUAD);
    let count = 0;
    for (const { block, column, row, from, end, box } of placed) {
      const layer = tones.layerOf(block);
      if (layer !== undefined) this.quads.set([box.x0, box.y0, box.x1, box.y1, column, row, from, end, layer], QUAD * count++);
    }
    return count;
  }
}

/** A scene of the kind that is drawn later, since drivers compile for the kinds of textures and targets in use. */
const EMPTY_LOOK: Omit<Look, "ground" | "undefinedColour"> = {
  palette: new Uint8Array(4), threshold: 0, channels: [], mode: 0, selection: 0, domain: [0, 1], points: [0], tone: () => NaN,
};

function emptyPass(size: number): Pass {
  const block = { size, cells: new Uint16Array(4 * size * size), logStep: 1, amounts: new Float64Array(1) };
  const table = { size, rows: 1, data: new Float32Array(4 * size) }, one = Int32Array.of(0, 1);
  return { columns: one, rows: one, placed: [{ block, table, column: 0, row: 0, from: 0, end: 1, box: { x0: 0, y0: 0, x1: 1, y1: 1 } }] };
}

function build(gl: GL, size: number, toneSource: string): Resources {
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  const vertices = gl.createVertexArray(), quads = gl.createBuffer();
  gl.bindVertexArray(vertices);
  gl.bindBuffer(gl.ARRAY_BUFFER, quads);
  [4, 4, 1].forEach((integers, location) => {
    gl.enableVertexAttribArray(location);
    gl.vertexAttribIPointer(location, integers, gl.INT, 4 * QUAD, 16 * location);
    gl.vertexAttribDivisor(location, 1);
  });
  return {
    program: new Program(gl, MAP_VERTEX, MAP_FRAGMENT, UNIFORMS, UNITS),
    tones: new Tones(gl, size, toneSource),
    vertices, quads, palette: new Row(gl, "colours"), spans: [],
  };
}
