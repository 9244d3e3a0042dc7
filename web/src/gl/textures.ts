/** Textures of a WebGL2 context: creation and partial upload. All are sampled nearest and never filtered. */
import type { Block, Columns, Table } from "./scene";

export type GL = WebGL2RenderingContext;

/** An empty texture with nearest sampling, bound. */
function create(gl: GL, target: GLenum): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(target, texture);
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** How the numbers of a grid are stored, and sent. */
interface Format {
  readonly internal: GLenum;
  readonly format: GLenum;
  readonly type: GLenum;
}

/** Numbers of four channels in rows of `width`. */
interface Grid {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array | Float32Array;
}

const cellsOf = ({ size, cells }: Block): Grid => ({ width: size, height: size, data: cells });
const statsOf = ({ size, rows, data }: Table): Grid => ({ width: size, height: rows, data });

/** Grids of one kind on the card. What an elder version left is taken over, and only what differs is sent. */
export class Grids<T extends Block | Table> {
  /** Bytes sent so far. */
  sent = 0;

  private constructor(private readonly gl: GL, private readonly kind: Format, private readonly gridOf: (value: T) => Grid) {}

  static ofBlocks(gl: GL): Grids<Block> {
    return new Grids(gl, { internal: gl.RGBA16UI, format: gl.RGBA_INTEGER, type: gl.UNSIGNED_SHORT }, cellsOf);
  }

  static ofTables(gl: GL): Grids<Table> {
    return new Grids(gl, { internal: gl.RGBA32F, format: gl.RGBA, type: gl.FLOAT }, statsOf);
  }

  /** Sends all of it. */
  make(value: T): WebGLTexture {
    const { gl, kind } = this, { width, height, data } = this.gridOf(value);
    const texture = create(gl, gl.TEXTURE_2D);
    gl.texImage2D(gl.TEXTURE_2D, 0, kind.internal, width, height, 0, kind.format, kind.type, data);
    this.sent += data.byteLength;
    return texture;
  }

  /** Sends columns `[from, end)` into a texture that holds the rest. */
  patch(texture: WebGLTexture, value: T, { from, end }: Columns): void {
    const { gl, kind } = this, { width, height, data } = this.gridOf(value);
    if (from >= end) return;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, width);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, from);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, from, 0, end - from, height, kind.format, kind.type, data);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
    this.sent += (end - from) * height * 4 * data.BYTES_PER_ELEMENT;
  }
}

/** A one-row texture that is filled again whenever its array is another one. */
export class Row {
  readonly texture: WebGLTexture;
  private held: Int32Array | Uint8Array | null = null;

  constructor(private readonly gl: GL, private readonly kind: "spans" | "colours") {
    this.texture = create(gl, gl.TEXTURE_2D);
  }

  /** Binds the texture, with the data in it. Returns the bytes sent. */
  hold(data: Int32Array | Uint8Array): number {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.held === data) return 0;
    if (this.kind === "spans") {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32I, data.length / 2, 1, 0, gl.RG_INTEGER, gl.INT, data);
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, data.length / 4, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, data);
    }
    this.held = data;
    return data.byteLength;
  }
}

/** Layers when the first one is taken; they double from there. */
const FIRST_LAYERS = 32;

/** One texture of many layers of unsigned integers, each drawn into by itself and read together with all others. */
export class Layers {
  /** Rises when all layers have lost what they held. */
  generation = 0;
  private texture: WebGLTexture | null = null;
  private count = 0;
  private free: number[] = [];
  private readonly framebuffer: WebGLFramebuffer;
  private readonly most: number;

  constructor(private readonly gl: GL, private readonly size: number) {
    this.framebuffer = gl.createFramebuffer();
    this.most = gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number;
  }

  /** A layer of one's own; null where the card has no more. */
  take(): number | null {
    if (this.free.length === 0) this.grow();
    return this.free.pop() ?? null;
  }

  giveBack(layer: number): void {
    this.free.push(layer);
  }

  bind(): void {
    this.gl.bindTexture(this.gl.TEXTURE_2D_ARRAY, this.texture);
  }

  /** From now on draws go into the layer that is chosen, until {@link leave}. The texture must not be bound to a unit that is sampled. */
  enter(): void {
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, this.framebuffer);
  }

  choose(layer: number): void {
    const { gl } = this;
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.texture, 0, layer);
  }

  leave(): void {
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, null);
  }

  private grow(): void {
    const { gl, count } = this, next = Math.min(this.most, count === 0 ? FIRST_LAYERS : 2 * count);
    if (next === count) return;
    gl.deleteTexture(this.texture);
    this.texture = create(gl, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32UI, this.size, this.size, next);
    for (let layer = count; layer < next; layer++) this.free.push(layer);
    this.count = next;
    this.generation++;
  }
}
