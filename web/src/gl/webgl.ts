/** Painter on WebGL2: cells stay integers on the card, colours come from the shader. */
import { fragment, VERTEX } from "./shader";
import { Recent, type Block, type Look, type Painter, type Pass, type Scene, type Table } from "./scene";
import { blockTexture, patchColumns, Row, tableTexture } from "./textures";

type GL = WebGL2RenderingContext;

const BLOCKS_KEPT = 96;
const UNIFORMS = [
  "box", "size", "cells", "stats", "columnSpans", "rowSpans", "palette", "place", "blockSize", "height",
  "logStep", "threshold", "channels", "undefinedColour", "mode", "selection", "domain", "points",
] as const;
type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;

/** Everything that dies with a lost context. */
interface Resources {
  readonly program: WebGLProgram;
  /** Where the uniforms are; asked for by the first draw, because asking waits for the compiler. */
  at: Uniforms | null;
  readonly blocks: Recent<Block, WebGLTexture>;
  readonly tables: Recent<Table, WebGLTexture>;
  readonly palette: Row;
  /** Span textures by pass number: two resolutions are on screen at most for a moment. */
  readonly spans: { columns: Row; rows: Row }[];
}

/**
 * Opens a painter on a canvas, or returns null where there is no WebGL2.
 * `onRestored` is called when a lost context is back: everything is uploaded
 * again by the next draw.
 */
export function openWebgl(canvas: HTMLCanvasElement, toneSource: string, onRestored: () => void): Painter | null {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, stencil: false, powerPreference: "low-power" });
  return gl ? new WebglPainter(canvas, gl, toneSource, onRestored) : null;
}

class WebglPainter implements Painter {
  readonly kind = "webgl2";
  uploaded = 0;
  private resources: Resources | null;
  private readonly lost = (event: Event): void => {
    event.preventDefault();
    this.resources = null;
  };
  private readonly restored = (): void => {
    this.resources = build(this.gl, this.toneSource);
    this.onRestored();
  };

  constructor(private readonly canvas: HTMLCanvasElement, private readonly gl: GL, private readonly toneSource: string, private readonly onRestored: () => void) {
    this.resources = build(gl, toneSource);
    canvas.addEventListener("webglcontextlost", this.lost);
    canvas.addEventListener("webglcontextrestored", this.restored);
  }

  draw(scene: Scene): void {
    const { gl, canvas, resources } = this;
    if (!resources || gl.isContextLost()) return;
    if (canvas.width !== scene.width || canvas.height !== scene.height) {
      canvas.width = scene.width;
      canvas.height = scene.height;
    }
    gl.viewport(0, 0, scene.width, scene.height);
    const [r, g, b] = scene.look.ground;
    gl.clearColor(r / 255, g / 255, b / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(resources.program);
    const at = (resources.at ??= locations(gl, resources.program));
    this.setLook(resources, at, scene);
    scene.passes.forEach((pass, i) => this.drawPass(resources, at, pass, i));
  }

  dispose(): void {
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.restored);
    this.resources?.blocks.clear();
    this.resources?.tables.clear();
    this.resources = null;
  }

  private setLook(resources: Resources, at: Uniforms, scene: Scene): void {
    const { gl } = this;
    const look: Look = scene.look;
    gl.activeTexture(gl.TEXTURE4);
    this.uploaded += resources.palette.hold(look.palette);
    gl.bindTexture(gl.TEXTURE_2D, resources.palette.texture);
    gl.uniform2f(at.size, scene.width, scene.height);
    gl.uniform1f(at.height, scene.height);
    gl.uniform1f(at.threshold, look.threshold);
    const on = (channel: number): number => (look.channels.includes(channel) ? 1 : 0);
    gl.uniform4i(at.channels, on(0), on(1), on(2), on(3));
    const [r, g, b] = look.undefinedColour;
    gl.uniform3f(at.undefinedColour, r / 255, g / 255, b / 255);
    gl.uniform1i(at.mode, look.mode);
    gl.uniform1i(at.selection, look.selection);
    gl.uniform2f(at.domain, look.domain[0], look.domain[1]);
    gl.uniform1fv(at.points, look.points);
  }

  private drawPass(resources: Resources, at: Uniforms, pass: Pass, index: number): void {
    const { gl } = this;
    // Making a texture binds it: not on the palette's unit.
    gl.activeTexture(gl.TEXTURE2);
    const spans = (resources.spans[index] ??= { columns: new Row(gl, "spans"), rows: new Row(gl, "spans") });
    this.uploaded += spans.columns.hold(pass.columns);
    gl.bindTexture(gl.TEXTURE_2D, spans.columns.texture);
    gl.activeTexture(gl.TEXTURE3);
    this.uploaded += spans.rows.hold(pass.rows);
    gl.bindTexture(gl.TEXTURE_2D, spans.rows.texture);
    for (const { block, table, column, row, from, end, box } of pass.placed) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, this.blockOf(resources, block));
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, this.tableOf(resources, table));
      gl.uniform4i(at.place, column, row, from, end);
      gl.uniform1i(at.blockSize, block.size);
      gl.uniform1f(at.logStep, block.logStep);
      gl.uniform4f(at.box, box.x0, box.y0, box.x1, box.y1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  private blockOf({ blocks }: Resources, block: Block): WebGLTexture {
    const known = blocks.get(block);
    if (known) return known;
    const { replaces } = block, before = replaces && blocks.take(replaces.block);
    if (before) {
      this.uploaded += patchColumns(this.gl, before, block, replaces);
      blocks.set(block, before);
      return before;
    }
    const { texture, bytes } = blockTexture(this.gl, block);
    this.uploaded += bytes;
    blocks.set(block, texture);
    return texture;
  }

  private tableOf({ tables }: Resources, table: Table): WebGLTexture {
    const known = tables.get(table);
    if (known) return known;
    const { texture, bytes } = tableTexture(this.gl, table);
    this.uploaded += bytes;
    tables.set(table, texture);
    return texture;
  }
}

function build(gl: GL, toneSource: string): Resources {
  const program = compile(gl, VERTEX, fragment(toneSource));
  gl.bindVertexArray(gl.createVertexArray());
  gl.disable(gl.BLEND);
  gl.disable(gl.DITHER);
  const drop = (texture: WebGLTexture): void => gl.deleteTexture(texture);
  return {
    program, at: null,
    blocks: new Recent<Block, WebGLTexture>(BLOCKS_KEPT, drop),
    tables: new Recent<Table, WebGLTexture>(BLOCKS_KEPT, drop),
    palette: new Row(gl, "colours"),
    spans: [],
  };
}

/** Hands the shaders to the driver without waiting for it: it compiles while data travel. */
function compile(gl: GL, vertex: string, fragmentSource: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragmentSource]] as const) {
    const shader = gl.createShader(type) as WebGLShader;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

/** Waits for the program, and finds its uniforms. The program must be in use. */
function locations(gl: GL, program: WebGLProgram): Uniforms {
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = gl.getAttachedShaders(program)?.map((shader) => gl.getShaderInfoLog(shader) ?? "") ?? [];
    throw new Error(`BUG: program does not link: ${[gl.getProgramInfoLog(program) ?? "", ...logs].join("; ")}`);
  }
  const at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)])) as Uniforms;
  ([at.cells, at.stats, at.columnSpans, at.rowSpans, at.palette]).forEach((sampler, unit) => gl.uniform1i(sampler, unit));
  return at;
}
